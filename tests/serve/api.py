#!/usr/bin/env python3
"""api.py SBX [PATTERN]: sbx serve as its clients see it, over a Unix socket, with real boxes; as root.

Each answer that a test gets is held against runner/serve/openapi.json too, its body where python3-jsonschema is
installed. Order and overlap are told by a job that blocks the only place until it is cancelled, and by times that the
service and the programs note, never by how long something takes. Prints TAP. Called by tests/check.
"""
import sys

folder = sys.path.pop(0)  # http.py beside this file is another one than Python's
sys.dont_write_bytecode = True
import base64, contextlib, gzip, hashlib, http.client, json, os, re, resource, signal, socket, sqlite3, subprocess, tempfile, threading, time, traceback, urllib.parse

sys.path.append(folder)
from local import Connection

try:
    import jsonschema
except ImportError:
    jsonschema = None

SBX = os.path.abspath(sys.argv[1])
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PATIENCE = 120  # seconds, for what must come
BODY_MAX = 1 << 20
KEY = "the key of POST /".ljust(4096, "!")  # as long as may be
TESTS = []  # (group, function)

with open(os.path.join(ROOT, "runner/serve/openapi.json")) as f:
    SPEC = json.load(f)


def test(group):
    """Registers a test of one of the services in GROUPS."""

    def register(function):
        TESTS.append((group, function))
        return function

    return register


def equal(got, wanted):
    assert got == wanted, f"{got!r}, not {wanted!r}"


# ---- the contract ----


def resolve(node):
    while "$ref" in node:
        target = SPEC
        for part in node["$ref"][2:].split("/"):
            target = target[part.replace("~1", "/")]
        node = target
    return node


def hold(schema, value):
    if jsonschema is None:
        return
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": SPEC["components"], "allOf": [schema]}
    errors = sorted(jsonschema.Draft202012Validator(whole).iter_errors(value), key=lambda e: len(e.absolute_path))
    assert not errors, f"against openapi.json: {list(errors[0].absolute_path)}: {errors[0].message[:300]}"


def path_of(target):
    """(the path as openapi.json has it, what it says there); None for one that is not there."""
    path = target.split("?")[0]
    for template, item in SPEC["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            return template, item
    return None


def hold_answer(method, target, answer):
    """To what openapi.json says of this operation."""
    template, item = path_of(target) or (None, {})
    operation = item.get(method.lower()) or (item.get("get") if method == "HEAD" else None)
    if operation is None:
        assert answer.status in (404, 405, 400, 501), f"{method} {target}: {answer.status}"
        answer.problem()
        return
    where = f"{method} {template}: {answer.status}"
    assert str(answer.status) in operation["responses"], f"{where} is not in openapi.json: {answer.body[:200]}"
    response = resolve(operation["responses"][str(answer.status)])
    for name, header in response.get("headers", {}).items():
        header = resolve(header)
        value = answer.headers.get(name.lower())
        assert value is not None or not header.get("required"), f"{where} without {name}"
        if value is not None:
            hold(header["schema"], int(value) if header["schema"].get("type") == "integer" else value)
    content = response.get("content")
    if method == "HEAD" or content is None:
        return
    kind = answer.headers["content-type"].split(";")[0]
    assert kind in content, f"{where}: {kind}"
    if kind.endswith("json") and "schema" in content[kind]:
        packed = answer.headers.get("content-encoding") == "gzip"
        hold(content[kind]["schema"], json.loads(gzip.decompress(answer.body)) if packed else answer.json())


# ---- the service and its clients ----


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def problem(self, status=None, field=None):
        equal(self.headers.get("content-type"), "application/problem+json")
        problem = self.json()
        equal(problem["status"], self.status)
        if status is not None:
            equal((self.status, problem.get("field")), (status, field))
        return problem


class Service:
    """Its state folder outlives it: start() again is a restart."""

    def __init__(self, place, config, keys=None, env=None, descriptors=None):
        os.mkdir(place, 0o755)
        self.descriptors = descriptors
        self.address, self.state, self.log = place + "/socket", place + "/state", place + "/log"
        self.env = {k: v for k, v in os.environ.items() if k not in ("KEY", "NOTIFY_SOCKET")} | (env or {})
        with open(place + "/config", "w") as f:
            f.write(config)
        self.args = ["--config", place + "/config"]
        if keys is not None:
            with open(place + "/keys", "w") as f:
                f.write(keys)
            self.args += ["--keys", place + "/keys"]
        self.start()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.kill()

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [SBX, "serve", "--listen", "unix:" + self.address, "--state", self.state, *self.args],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.env, preexec_fn=self.descriptors and (
                    lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (self.descriptors, self.descriptors))))
        until(lambda: self.process.poll() is not None or self.is_ready(), "the service is not ready")
        assert self.process.poll() is None, self.said()

    def is_ready(self):
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.ask("GET", "/v1/ready").status == 200
        return False

    def said(self):
        with open(self.log) as f:
            return f.read()

    def stop(self):
        self.process.terminate()
        equal(self.process.wait(PATIENCE), 0)

    def kill(self):
        """And nothing of it is left: neither its other half nor a judge."""
        if self.process.poll() is None:
            others = children(self.process.pid)
            self.process.kill()
            self.process.wait()
            until(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in others), "a child outlives the service")

    def half(self):
        """The process that speaks HTTP."""
        for child in children(self.process.pid):
            with contextlib.suppress(OSError):
                if os.path.basename(os.readlink(f"/proc/{child}/exe")) == "sbx-serve":
                    return child
        raise AssertionError("there is no sbx-serve")

    def ask(self, method, target, body=None, key=None, holds=True, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if key is not None:
            headers["Authorization"] = "Bearer " + key
        connection = Connection(self.address, PATIENCE)
        try:
            connection.request(method, target, body, headers)
            response = connection.getresponse()
            answer = Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()
        if holds:
            hold_answer(method, target, answer)
        return answer

    def raw(self, data):
        """What comes back for these bytes, until the other side closes."""
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(PATIENCE)
            sock.connect(self.address)
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                sock.sendall(data)
            got = b""
            with contextlib.suppress(ConnectionResetError):
                while data := sock.recv(65536):
                    got += data
        return got

    def post(self, job, query="", **more):
        body = job if isinstance(job, (str, bytes)) else json.dumps(job)
        return self.ask("POST", "/v1/jobs" + query, body, **{"Content_Type": "application/json"} | more)

    def submit(self, job, query="", **more):
        answer = self.post(job, query, **more)
        assert answer.status in (200, 202), answer.body
        equal(answer.headers["location"], "/v1/jobs/" + answer.json()["id"])
        return answer.json()["id"]

    def get(self, name, query="", **more):
        answer = self.ask("GET", f"/v1/jobs/{name}{query}", **more)
        equal(answer.status, 200)
        return answer.json()

    def end(self, name, **more):
        """The job, when it is over."""
        deadline = time.monotonic() + PATIENCE
        while (job := self.get(name, "?wait=20", **more))["state"] in ("queued", "running"):
            assert time.monotonic() < deadline, f"no end: {job}"
        return job

    def verdict(self, job, **more):
        job = self.end(self.submit(job, **more))
        assert job["state"] == "done", job
        return job["report"]

    def cancel(self, name, **more):
        answer = self.ask("DELETE", f"/v1/jobs/{name}", **more)
        equal(answer.status, 200)
        return answer.json()

    @contextlib.contextmanager
    def blocked(self, **more):
        """A place is taken, by a job that runs until it is cancelled."""
        name = self.submit(sleeper(600), **more)
        until(lambda: self.get(name, **more)["state"] == "running", "the job does not start")
        try:
            yield name
        finally:
            self.cancel(name, **more)

    def events(self, name, last=None, **more):
        """[(id, event, data)] of the whole stream, which is held to the contract."""
        headers = {} if last is None else {"Last_Event_ID": last}
        answer = self.ask("GET", f"/v1/jobs/{name}/events", **headers, **more)
        equal(answer.status, 200)
        return parse_events(answer.body.decode())


def parse_events(text):
    operation = SPEC["paths"]["/v1/jobs/{id}/events"]["get"]
    kinds = operation["responses"]["200"]["content"]["text/event-stream"]["x-sbx-events"]
    found = []
    assert text.endswith("\n\n"), text[-80:]
    for block in text.split("\n\n")[:-1]:
        fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
        if not fields:
            continue
        hold(kinds[fields["event"]], json.loads(fields["data"]))
        equal("id" in fields, fields["event"] != "state")
        if "id" in fields:
            hold(operation["parameters"][0]["schema"], fields["id"])
        found.append((fields.get("id"), fields["event"], json.loads(fields["data"])))
    equal((found[0][1], found[-1][1]), ("state", "state"))
    return found


def children(pid):
    with contextlib.suppress(OSError):
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            return [int(child) for child in f.read().split()]
    return []


def until(condition, fault):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, fault
        time.sleep(0.05)


def python(code, *tests, **more):
    return {"files": [{"name": "a.py", "text": code}], "tests": list(tests) or [{}], **more}


def adder(by=1):
    return python(f"print(int(input()) + {by})", {"stdin": "4", "answer": "5"})


def sleeper(seconds):
    return python(f"import time; time.sleep({seconds})", limits={"time": "10s", "wall": f"{seconds + 60}s"})


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def put(service, data, name=None, **more):
    return service.ask("PUT", "/v1/files/" + (name or sha256(data)), data, Content_Type="application/octet-stream", **more)


# ---- jobs ----


@test("open")
def a_job_is_judged(s):
    answer = s.post(adder(), "?wait=60")
    job = s.end(answer.json()["id"])
    equal((job["state"], job["attempt"], job["report"]["verdict"]), ("done", 1, "AC"))
    equal(s.end(s.submit(adder(2)))["report"]["verdict"], "WA")
    equal(s.verdict(python("print(open('/etc/shadow').read())"))["verdict"], "RE")
    equal(s.verdict({"files": [{"name": "a.c", "text": "int main( {"}], "tests": [{}]})["verdict"], "CE")
    equal(s.ask("HEAD", f"/v1/jobs/{job['id']}").body, b"")


@test("open")
def names_of_no_job(s):
    for name in ["0" * 26, "a", "%2e%2e", "x" * 300, "a%0d%0aX-Injected:%20yes", "%00", "..%2f..%2fetc%2fpasswd"]:
        for method, tail in [("GET", ""), ("DELETE", ""), ("GET", "/events")]:
            answer = s.ask(method, f"/v1/jobs/{name}{tail}", holds=False)
            assert answer.status in (400, 404, 414) and answer.problem(), answer.status
            assert "x-injected" not in answer.headers
    s.ask("GET", "/v1/nothing").problem(404)
    answer = s.ask("PATCH", "/v1/jobs", "{}")
    answer.problem(405)
    equal(answer.headers["allow"].replace(" ", "").split(",").count("POST"), 1)
    s.ask("GET", "/v1/jobs/" + "0" * 26 + "?wait=61").problem(400, "wait")
    s.post(adder(), "?wait=-1").problem(400, "wait")
    s.post(adder(), "?priority=10").problem(400, "priority")
    s.post(adder(), "?nothing=1").problem(400, "nothing")


@test("open")
def idempotency(s):
    name = s.submit(adder(), Idempotency_Key="first")
    equal(s.submit(adder(), Idempotency_Key="first"), name)
    s.post(adder(2), Idempotency_Key="first").problem(409, "Idempotency-Key")
    first = s.end(name)
    again = s.post(adder(), Idempotency_Key="first")
    equal((again.status, again.json()), (200, first))
    assert s.submit(adder(), Idempotency_Key="second") != name
    s.post(adder(), Idempotency_Key="x" * 1000).problem(400, "Idempotency-Key")
    # at once: one job
    names = in_parallel(8, lambda n: s.submit(adder(), Idempotency_Key="third"))
    equal(len(set(names)), 1)
    equal(s.end(names[0])["attempt"], 1)


def in_parallel(n, function):
    results, threads = [None] * n, []

    def run(number):
        try:
            results[number] = function(number)
        except Exception as error:
            results[number] = error

    for number in range(n):
        threads.append(threading.Thread(target=run, args=(number,)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results


@test("open")
def events_and_their_resumption(s):
    name = s.submit(python("print(input())", *({"stdin": str(n), "answer": str(n)} for n in range(3))))
    events = s.events(name)  # from before its start to its end
    own = [event for event in events if event[0]]
    equal([event[1] for event in own].count("test_finished"), 3)
    equal((own[0][1], own[-1][1], own[-1][2]["verdict"]), ("queued", "finished", "AC"))
    equal((events[-1][2]["state"], "report" in events[-1][2]), ("done", False))
    equal(len({event[0] for event in own}), len(own))
    equal([event for event in s.events(name) if event[0]], own)
    for n, event in enumerate(own):
        equal([later for later in s.events(name, event[0]) if later[0]], own[n + 1:])
    # of another attempt, of a place within an event, and what is none: from the first
    attempt, place = own[0][0].split("-")
    for last in ["99999999-" + place, f"{attempt}-{int(place, 16) - 1:016x}", f"{attempt}-{'f' * 16}", "nonsense"]:
        equal([event for event in s.events(name, last) if event[0]], own)


@test("open")
def files(s):
    data = os.urandom(8).hex().encode() + b"\n"
    s.ask("GET", "/v1/files/" + sha256(data)).problem(404)
    equal(s.ask("HEAD", "/v1/files/" + sha256(data)).status, 404)
    equal(put(s, data).status, 201)
    answer = put(s, data)
    equal((answer.status, answer.json()), (200, {"sha256": sha256(data), "bytes": len(data)}))
    equal(s.ask("GET", "/v1/files/" + sha256(data)).json(), answer.json())
    put(s, data + b"!", sha256(data)).problem(422, "sha256")
    for name in ["x" * 64, "ab", sha256(data).upper(), "..%2f" + sha256(data)[5:]]:
        assert put(s, data, name).problem()["status"] in (400, 404), name
    job = python("print(input())", {"stdin_path": sha256(data), "answer_path": sha256(data)})
    equal(s.verdict(job)["verdict"], "AC")
    code = b"print(7)"
    equal(put(s, code).status, 201)
    equal(s.verdict({"files": [{"name": "a.py", "path": sha256(code)}], "tests": [{"answer": "7"}]})["verdict"], "AC")
    name = sha256(b"not there")
    for field, job in [("tests[1].stdin_path", python("", {"stdin_path": sha256(data)}, {"stdin_path": name})),
                       ("tests[0].answer_path", python("", {"answer_path": name})),
                       ("files[1].path", {"files": [{"name": "a.py", "text": ""}, {"name": "b.py", "path": name}], "tests": [{}]})]:
        equal(s.post(job).problem(422, field)["detail"], f"a file is not stored here: {name}")
    for path in ["/etc/passwd", "../serve.db", "serve.db", sha256(data) + "/", "./" + sha256(data), ""]:
        for field, job in [("files[0].path", {"files": [{"name": "a.py", "path": path}], "tests": [{}]}),
                           ("tests[0].stdin_path", python("", {"stdin_path": path})),
                           ("tests[0].answer_path", python("", {"answer_path": path})),
                           ("checker.files[0].path", python("", {"answer": "1"}, checker={
                               "kind": "testlib", "files": [{"name": "c.cpp", "path": path}]}))]:
            problem = s.post(job).problem()
            equal((problem["status"], problem["field"].split("[")[0].split(".")[0]), (400, field.split("[")[0].split(".")[0]))
    put(s, b"x" * (BODY_MAX + 1)).problem(413, "Content-Length")


@contextlib.contextmanager
def traced(s, call, fault):
    """Each such call of the network half meets the fault."""
    with subprocess.Popen(["strace", "-f", "-qq", "-e", "trace=" + call, "-e", f"inject={call}:{fault}", "-o", "/dev/null", "-p", str(s.half())],
                          stderr=subprocess.DEVNULL) as tracer:
        try:
            until(lambda: "TracerPid:\t0" not in open(f"/proc/{s.half()}/status").read(), "strace does not trace")
            yield
        finally:
            tracer.terminate()


@test("open")
def the_disk_holds_up_uploads_alone(s):
    """Each fsync takes 10 s while uploads wait for theirs, more of them than the HTTP layer has threads; nobody else does."""
    def waiting():
        return {name for name in os.listdir(s.state + "/files") if name.endswith(".new")}

    ended = []
    threads = [threading.Thread(target=lambda: ended.append(put(s, os.urandom(50)).status)) for _ in range(4)]
    with traced(s, "fsync", "delay_enter=10000000"):
        for thread in threads:
            thread.start()
        until(waiting, "no upload")
        time.sleep(0.2)  # for the others to come as far
        before = waiting()
        for _ in range(20):
            alive(s)
        equal(before - waiting(), set())
    for thread in threads:
        thread.join()
    equal(ended, [201] * 4)


@test("open")
def long_jobs(s):
    """Which are read by another thread than short ones, to the same end."""
    code = "import sys; print(len(sys.stdin.read()))"
    equal(s.verdict(python(code, {"stdin": "x" * 200000, "answer": "200000"}))["verdict"], "AC")
    s.post(python(code, {"stdin": "x" * 200000, "stdout": ""})).problem(400, "tests[0].stdout")
    s.post(json.dumps(python(code, {"stdin": "x" * 200000}))[:-1]).problem(400)
    refused(legacy(s, "#" * 200000), 400, "Code too large")
    outputs(legacy(s, code, inputs=["x" * 200000]), "200000")


@test("open")
def cancelled_while_it_runs(s):
    name = s.submit(sleeper(600))
    until(lambda: s.get(name)["state"] == "running", "the job does not start")
    waiting = []
    thread = threading.Thread(target=lambda: waiting.append(s.get(name, "?wait=60")))
    thread.start()
    first = s.cancel(name)
    equal(first["state"], "cancelled")
    equal(s.cancel(name), first)
    thread.join()
    equal([job["state"] for job in waiting if job["state"] != "running"] or ["cancelled"], ["cancelled"])
    equal(s.events(name)[-1][2]["state"], "cancelled")
    done = s.end(s.submit(adder()))
    s.ask("DELETE", f"/v1/jobs/{done['id']}").problem(409)
    equal(s.get(done["id"]), done)


@test("open")
def a_cancelled_job_next_in_line(s):
    """Its turn comes and its client cancels it, in one turn of the core: nobody else hears of it."""
    names = [s.submit(python("pass")) for _ in range(40)]
    answers = in_parallel(8, lambda n: [s.ask("DELETE", f"/v1/jobs/{name}") for name in names[n::8]])
    assert {answer.status for part in answers for answer in part} <= {200, 409}, answers
    for name in names:
        assert s.end(name)["state"] in ("done", "cancelled")


@test("open")
def no_more_programs_than_slots(s):
    code = "import time; a = time.time(); time.sleep(0.15); print(a, time.time())"
    names = [s.submit(python(code, *({"name": str(n)} for n in range(8)))) for _ in range(3)]
    times = [test["stdout"].split() for name in names for test in s.end(name)["report"]["tests"]]
    equal(len(times), 24)
    steps = sorted([(float(a), 1) for a, _ in times] + [(float(b), -1) for _, b in times])
    running = most = 0
    for _, step in steps:
        running += step
        most = max(most, running)
    assert 1 <= most <= 2, f"{most} at once, of 2 slots"


# ---- what is no job ----


@test("open")
def bodies_that_are_none(s):
    good = json.dumps(adder())
    for body in [good[:-1], "", "[]", "null", '"x"', good + "x", "[" * 100000, '{"files":' * 5000, '{"files": 1e999}']:
        s.post(body).problem()
        equal(s.post(body).status, 400)
    for body in [good.encode().replace(b"input", b"inp\xffut"), b"\xef\xbf", good.encode("utf-16"), b"\x00" * 100]:
        equal(s.post(body).problem()["status"], 400)
    equal(s.post({**adder(), "nothing": 1}).problem()["status"], 400)
    s.post(python("", {"stdin": 3})).problem(400, "tests[0].stdin")
    s.post({"files": [{"name": "a.py", "text": ""}], "tests": [{}], "language": "cobol"}).problem(422, "language")
    s.post({"files": [{"name": "a.cobol", "text": ""}], "tests": [{}]}).problem(422, "files")
    s.post({"files": [{"text": ""}], "tests": [{}]}).problem(422, "files")
    code = {"name": "a.py", "text": "print(1)"}
    for field, files in [("files[0].name", [{"name": "../a.py", "text": ""}]), ("files[1].name", [code, {"name": "/a.py", "text": ""}]),
                         ("files[1].name", [code, code]), ("files[2].name", [code, {"name": "b", "text": ""}, {"name": "a.py/b", "text": ""}]),
                         ("files[1].name", [code, {"name": "x" * 256, "text": ""}]), ("files", [{"name": "README", "text": ""}])]:
        s.post({"files": files, "tests": [{}], "language": "python3"}).problem(422, field)
        s.post(python("", {"answer": ""}, checker={"kind": "testlib", "files": files, "language": "python3"})).problem(422, "checker." + field)
    s.post(python("", checker={"kind": "testlib", "files": [code], "language": "cobol"})).problem(422, "checker.language")
    s.post(python("", checker={"kind": "testlib", "files": [{"name": "a.cobol", "text": ""}]})).problem(422, "checker.files")
    s.post(python("", {"name": "a"}, {}, {"name": "a"})).problem(422, "tests[2].name")
    s.post(python("", {"name": "2"}, {})).problem(422, "tests[1]")
    for language in languages(s):
        if not language["installed"]:
            source = {"name": "a" + language["extensions"][0], "text": ""}
            for field, checker in [("checker.language", {"language": language["name"]}), ("checker.files", {})][:1 + (language["name"] != "pypy3")]:
                problem = s.post(python("", checker={"kind": "testlib", "files": [source], **checker})).problem(422, field)
                equal(problem["detail"], f"{language['title']} is not installed here")
            s.post({"files": [{"text": ""}], "tests": [{}], "language": language["name"]}).problem(422, "language")
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""]:
        s.post(good, Content_Type=kind).problem(415, "Content-Type")
    s.post(gzip.compress(good.encode()), Content_Encoding="gzip").problem(415, "Content-Encoding")
    s.post(gzip.compress(b" " * 10000000), Content_Encoding="gzip").problem(415, "Content-Encoding")
    equal(s.post(good, Content_Type="application/json; charset=utf-8").status, 202)
    alive(s)


def languages(s):
    """Once it has asked all compilers."""
    until(lambda: s.ask("GET", "/v1/languages").status == 200, "no languages")
    return s.ask("GET", "/v1/languages").json()


def alive(s):
    equal(s.ask("GET", "/v1/health").json(), {"status": "ok"})


def head(*headers, line="POST /v1/jobs HTTP/1.1"):
    return "\r\n".join([line, "Host: x", "Content-Type: application/json", *headers, "", ""]).encode()


def hold_raw(data):
    """The one answer, a problem document."""
    lines, body = data.split(b"\r\n\r\n", 1)
    status = int(lines.split()[1])
    assert b"application/problem+json" in lines, lines
    equal(json.loads(body)["status"], status)
    return status


@test("open")
def bodies_of_a_length(s):
    equal(hold_raw(s.raw(head("Content-Length: 1000000000"))), 413)
    # the HTTP library answers these itself, by no problem document
    assert s.raw(head("Content-Length: 99999999999999999999999")).startswith(b"HTTP/1.1 413 ")
    assert s.raw(head("Content-Length: -1")).startswith(b"HTTP/1.1 400 ")
    equal(hold_raw(s.raw(head("Content-Length: 1", "Transfer-Encoding: chunked"))), 400)
    # cut off: no job came of it
    before = s.ask("GET", "/metrics").body.decode()
    for data in (head("Content-Length: 1000") + b'{"files"', head("Transfer-Encoding: chunked") + b"10\r\n{"):
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(s.address)
            sock.sendall(data)
    accepted = re.search(r'sbx_jobs_total\{state="accepted"\} (\d+)', before).group(0)
    assert accepted in s.ask("GET", "/metrics").body.decode()
    alive(s)


def chunked(data):
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (data[i:i + 60000] for i in range(0, len(data), 60000))) + b"0\r\n\r\n"


@test("open")
def bodies_of_no_known_length(s):
    good = json.dumps(adder()).encode()
    # also while others wait, who leave no room for the largest job that could ever come
    names = [s.submit(adder()) for _ in range(8)]
    got = s.raw(head("Transfer-Encoding: chunked", "Connection: close") + chunked(good))
    assert got.startswith(b"HTTP/1.1 202 "), got
    assert hold_raw(s.raw(head("Transfer-Encoding: chunked") + chunked(b" " * (4 * BODY_MAX)))) == 413
    for name in names:
        s.end(name)


# ---- POST /v1/run ----


def post_run(s, run, query="", **more):
    body = run if isinstance(run, (str, bytes)) else json.dumps(run)
    return s.ask("POST", "/v1/run" + query, body, **{"Content_Type": "application/json"} | more)


def ran(s, run, verdict, reason=None, stdout=None, **more):
    answer = post_run(s, run, **more)
    equal(answer.status, 200)
    answer = answer.json()
    equal((answer["verdict"], answer["reason"]), (verdict, reason))
    assert stdout is None or answer["stdout"] == stdout, answer["stdout"]
    return answer


def shell(script, **more):
    return {"argv": ["sh", "-c", script], **more}


def count(s, line):
    return int(re.search(rf"^sbx_{re.escape(line)} (\d+)$", s.ask("GET", "/metrics").body.decode(), re.M)[1])


def sleeps(s):
    """Programs called sleep that the service runs: below a judge is a box's init, and below that its program."""
    found = []
    for pid in (pid for judge in judges(s) for init in children(judge) for pid in children(init)):
        with contextlib.suppress(OSError), open(f"/proc/{pid}/comm") as f:
            found += [pid] if f.read() == "sleep\n" else []
    return found


@test("open")
def runs(s):
    ran(s, {"argv": ["cat"], "stdin": "a\n"}, "OK", None, "a\n")
    equal(ran(s, shell("echo out; echo err >&2; exit 3"), "RE", "exit", "out\n")["stderr"], "err\n")
    ran(s, {"argv": ["./a.sh", "x y"], "files": [{"name": "a.sh", "text": "#!/bin/sh\necho $1 in $PWD"}]}, "OK", None, "x y in /box\n")
    equal(ran(s, {"argv": ["/no/such"]}, "RE", "exec", "")["error"]["errno_name"], "ENOENT")
    ran(s, shell("while :; do :; done", limits={"time": "100ms"}), "TLE", "cpu")
    ran(s, shell("sleep 60", limits={"wall": "100ms"}), "TLE", "wall")
    ran(s, shell("a=1; while :; do a=$a$a; done", limits={"memory": "16M"}), "MLE", "memory")
    ran(s, shell("while :; do echo x; done", limits={"output": 100}), "OLE", "output", "x\n" * 50)
    answer = ran(s, {"argv": ["seq", "30000"], "keep_output": 4, "merge_stderr": True, "seccomp": "contest"}, "OK", None, "1\n2\n")
    equal((answer["stdout_cut"], answer["stderr"], answer["limits"]["seccomp"]["value"]), (True, None, "contest"))
    # in a language
    equal(ran(s, {"language": "python3", "files": [{"text": "print(int(input()) + 1)"}], "stdin": "4"}, "OK", None, "5\n")["compile"]["ok"], True)
    broken = {"language": "c", "files": [{"text": "int main( {"}]}
    answer = ran(s, broken, "CE")
    assert "main.c:1" in answer["compile"]["output"], answer
    equal((answer["stdout"], answer["exit_code"], answer["limits"]), (None, None, None))
    # what is stored
    script, data = b"#!/bin/sh\ncat", os.urandom(8).hex().encode()
    for content in (script, data):
        put(s, content)
    ran(s, {"argv": ["./p"], "files": [{"name": "p", "path": sha256(script)}], "stdin_path": sha256(data)}, "OK", None, data.decode())


@test("open")
def bodies_that_are_no_run(s):
    for body in ["", "[]", "null", '{"argv": ["x"]', json.dumps(adder())]:
        equal(post_run(s, body).problem()["status"], 400)
    for field, run in [("nothing", {"argv": ["x"], "nothing": 1}), ("argv", {"argv": []}), ("argv[1]", {"argv": ["x", 1]}),
                       ("limits.time", {"argv": ["x"], "limits": {"time": "long"}}), ("limits.env", {"argv": ["x"], "limits": {"env": 1}}),
                       ("stdin", {"argv": ["x"], "stdin": 1}), ("stdin_path", {"argv": ["x"], "stdin_path": "/etc/passwd"}),
                       ("files[0].path", {"argv": ["x"], "files": [{"name": "a", "path": "../serve.db"}]}),
                       ("files[0]", {"argv": ["x"], "files": [{"text": ""}]}), ("seccomp", {"argv": ["x"], "seccomp": "none"}),
                       ("keep_output", {"argv": ["x"], "keep_output": "2M"}), (None, {"argv": ["x"], "language": "c"}), (None, {})]:
        post_run(s, run).problem(400, field)
    post_run(s, {"language": "cobol", "files": [{"text": ""}]}).problem(422, "language")
    post_run(s, {"argv": ["x"], "stdin_path": sha256(b"not there")}).problem(422, "stdin_path")
    post_run(s, {"argv": ["x"], "files": [{"name": "a/b", "text": ""}, {"name": "a", "text": ""}]}).problem(422, "files[1].name")
    post_run(s, {"argv": ["x"]}, Content_Type="text/plain").problem(415, "Content-Type")
    post_run(s, {"argv": ["x"]}, "?wait=1").problem(400, "wait")
    post_run(s, shell("#" * BODY_MAX)).problem(413, "Content-Length")
    s.ask("GET", "/v1/run").problem(405)
    alive(s)


@test("open")
def runs_are_counted_and_not_kept(s):
    states = ("accepted", "done", "cancelled", "failed")
    before = [count(s, f'jobs_total{{state="{state}"}}') for state in states]
    verdicts = count(s, 'verdicts_total{verdict="OK"}'), count(s, 'verdicts_total{verdict="CE"}')
    events = os.listdir(s.state + "/events")
    secret = os.urandom(16).hex()
    ran(s, shell("cat", stdin=secret), "OK", None, secret)
    ran(s, {"language": "python3", "files": [{"text": "("}]}, "CE")
    equal([count(s, f'jobs_total{{state="{state}"}}') for state in states], [before[0] + 2, before[1] + 2, *before[2:]])
    equal((count(s, 'verdicts_total{verdict="OK"}'), count(s, 'verdicts_total{verdict="CE"}')), (verdicts[0] + 1, verdicts[1] + 1))
    equal(os.listdir(s.state + "/events"), events)
    for folder, _, names in os.walk(s.state):
        for name in names:
            with open(os.path.join(folder, name), "rb") as f:
                assert secret.encode() not in f.read(), name
    # nor is it found by its name, which is in the log alone
    name = [json.loads(line) for line in s.said().splitlines()][-1]["job"]
    for method, tail in [("GET", ""), ("DELETE", ""), ("GET", "/events")]:
        s.ask(method, f"/v1/jobs/{name}{tail}").problem(404)


def leaving(s, run, **headers):
    """A client that has sent this, and may go."""
    sock = socket.socket(socket.AF_UNIX)
    sock.connect(s.address)
    body = json.dumps(run).encode()
    lines = [f"{name}: {value}" for name, value in headers.items()]
    sock.sendall(head(f"Content-Length: {len(body)}", *lines, line="POST /v1/run HTTP/1.1") + body)
    return sock


@test("open")
def a_client_that_goes_away_ends_its_run(s):
    cancelled = count(s, 'jobs_total{state="cancelled"}')
    sock = leaving(s, {"argv": ["sleep", "1000"], "limits": {"wall": "2000s"}})
    until(lambda: sleeps(s), "the run does not start")
    box, = sleeps(s)
    sock.close()
    until(lambda: not os.path.exists(f"/proc/{box}"), "the box outlives its client")
    until(lambda: count(s, 'jobs_total{state="cancelled"}') == cancelled + 1, "it is not counted")
    equal(count(s, "running"), 0)


@test("keys")
def limits_of_a_key_for_runs(s):
    small = {"time": "1s", "wall": "3s", "memory": "32M"}
    for field, run in [("limits.time", shell("", limits={**small, "time": "3s"})), ("limits.memory", shell("", limits={**small, "memory": "65M"})),
                       ("limits.time", shell("")), ("limits.wall", {"argv": ["x"], "limits": {**small, "wall": "6s"}}),
                       ("files", shell("", files=[{"name": n, "text": ""} for n in "ab"], limits=small))]:
        post_run(s, run, key=KEYS["small"]).problem(403, field)
    ran(s, shell("echo x", limits=small), "OK", None, "x\n", key=KEYS["small"])
    post_run(s, shell(""), key="wrong").problem(401, "Authorization")
    post_run(s, shell("")).problem(401, "Authorization")


@test("keys")
def runs_wait_for_their_turn(s):
    with contextlib.ExitStack() as open_ones:
        with s.blocked(key=ALICE):
            queued = lambda: s.ask("GET", "/v1/stats", key=BOB).json()["queue"]["jobs"]
            goes, stays = [open_ones.enter_context(leaving(s, shell("echo came"), Authorization="Bearer " + KEYS["few"])) for _ in range(2)]
            until(lambda: queued() == 2, "the runs do not wait")
            # as many as this key may have waiting; then as many as the queue takes
            answer = post_run(s, shell(""), key=KEYS["few"])
            answer.problem(429)
            assert "key" in answer.json()["detail"] and 1 <= int(answer.headers["retry-after"]) <= 3600, answer.body
            names = [s.submit(adder(), key=BOB) for _ in range(10)]
            answer = post_run(s, shell(""), key=BOB)
            answer.problem(429)
            assert "queue" in answer.json()["detail"], answer.body
            # one that goes away while it waits never runs, and there is room again
            goes.close()
            until(lambda: queued() == 11, "it waits still")
            for name in names:
                s.cancel(name, key=BOB)
            equal(queued(), 1)
        stays.settimeout(PATIENCE)
        response = http.client.HTTPResponse(stays)
        response.begin()
        equal((response.status, json.loads(response.read())["stdout"]), (200, "came\n"))


# ---- POST / ----


def legacy(s, code, language="Python", inputs=(), key=KEY, **more):
    return s.ask("POST", "/", json.dumps({"code": code, "language": language, "inputs": list(inputs), "key": key} | more))


def refused(answer, status, message):
    equal((answer.status, answer.body), (status, b'{"status":"error","message":"%s"}' % message.encode()))
    equal(answer.headers["access-control-allow-origin"], "*")


def outputs(answer, *wanted):
    equal((answer.status, answer.body), (200, json.dumps(
        {"status": "success", "outputs": list(wanted)}, separators=(",", ":"), ensure_ascii=False).encode()))
    equal(answer.headers["access-control-allow-origin"], "*")


@test("open")
def legacy_checks_in_their_order(s):
    for body in ["", "x", "[]", '{"code":', '{"code": 1}', '{"code": "", "inputs": ["a", 1]}']:
        refused(s.ask("POST", "/", body), 400, "Invalid JSON")
    long, many = "#" * 10001, ["x"] * 21
    for key in ["", "x", KEY + "x", KEY[:-1], KEY + "\0"]:
        answer = legacy(s, long, "Cobol", many, key)
        refused(answer, *((400, "Invalid JSON") if "\0" in key else (403, "Invalid secret key")))
    refused(s.ask("POST", "/", json.dumps({"code": "", "language": "C", "inputs": []})), 403, "Invalid secret key")
    refused(legacy(s, long, "Cobol", many), 400, "Code too large")
    refused(legacy(s, "é" * 5001, "Cobol", many), 400, "Code too large")  # bytes, not characters
    refused(legacy(s, "#" * 10000, "Cobol", many), 400, "Too many inputs")
    for language in ["Cobol", "python", "", "C "]:
        refused(legacy(s, "", language, many[1:]), 400, "Unsupported language")
    refused(s.ask("POST", "/", b" " * ((1 << 20) + 1)), 413, "Request too large")
    refused(s.ask("POST", "/", gzip.compress(b"{}"), Content_Encoding="gzip"), 415, "a body cannot be compressed")
    refused(s.ask("POST", "/?code=1", "{}"), 400, r'there is no parameter \"code\" here')
    said = s.raw(head("Transfer-Encoding: chunked", line="POST / HTTP/1.1") + chunked(b" " * ((1 << 20) + 1)))
    headers, body = said.split(b"\r\n\r\n")
    equal(body, b'{"status":"error","message":"Request too large"}')
    assert headers.startswith(b"HTTP/1.1 413 ") and b"Access-Control-Allow-Origin: *" in headers, headers
    equal(s.ask("OPTIONS", "/", Origin="http://a", Access_Control_Request_Method="POST").status, 204)


@test("open")
def legacy_outputs(s):
    waiting = []
    late = threading.Thread(target=lambda: waiting.append(legacy(s, "print('early', flush=True)\nwhile True: pass", inputs=["1"])))
    late.start()
    outputs(legacy(s, "import sys\nprint(' ', input(), '</a> é ')", inputs=["b\n", " c"]), "b </a> é", "c </a> é")
    outputs(legacy(s, "print(1)"))
    outputs(legacy(s, "print('cost')", inputs=["x"]), "cost")  # no denylist
    outputs(legacy(s, "import sys\nprint(len(sys.stdin.read()))", inputs=["", "ab"]), "0", "2")
    merged = "import sys\nprint('a', flush=True); print('b', file=sys.stderr, flush=True); print('c'); sys.exit(3)"
    outputs(legacy(s, merged, inputs=["x"]), "a\nb\nc\nexit status 3")
    outputs(legacy(s, "import os\nprint('a', flush=True); os.kill(os.getpid(), 9)", inputs=["x"]), "a\nsignal: killed")
    outputs(legacy(s, "import os\nprint(os.environ.get('KEY'), [v for v in os.environ.values() if 'key' in v])", inputs=["x"]), "None []")
    outputs(legacy(s, "print('x' * 1048576, end='')", inputs=["1"]), "x" * 1048576)
    outputs(legacy(s, "import sys\nprint('x' * 1048577); sys.exit(3)", inputs=["1"]), "x" * 1048576 + "\noutput cut\nexit status 3")
    answer = legacy(s, "int main(void) { return x; }\n", "C", ["1", "2", "3"])
    text, = answer.json()["outputs"]
    assert "program.c:1" in text and text.endswith("\nexit status 1") and text == text.strip(), text
    text, = legacy(s, ("#error " + "x" * 1000 + "\n") * 8 + "#include __FILE__\n", "C").json()["outputs"]
    assert text.endswith("\noutput cut\nexit status 1"), text[-200:]
    equal(len(legacy(s, "int main( {", "C++").json()["outputs"]), 1)
    late.join()
    outputs(waiting[0], "Error: Code execution timed out")


@test("open")
def legacy_languages(s):
    java = "import java.util.*;\n%s Hello { public static void main(String[] a) { System.out.println(new Scanner(System.in).nextLine()); } }"
    programs = [
        ("C", '#include <stdio.h>\nint main(void) { char b[9]; puts(fgets(b, 9, stdin)); }'),
        ("C++", "#include <iostream>\nint main() { std::string s; std::cin >> s; std::cout << s; }"),
        ("Java", java % "public class"), ("Java", java % "class"),
        ("JavaScript", "process.stdin.on('data', d => console.log(String(d)))"),
        ("Go", 'package main\nimport "fmt"\nfunc main() { var s string; fmt.Scan(&s); fmt.Println(s) }'),
    ]
    installed = {language["name"] for language in languages(s) if language["installed"]}
    ours = {"C": "c", "C++": "cpp", "Java": "java", "JavaScript": "javascript", "Go": "go"}
    for language, code in programs:
        if ours[language] in installed:
            # 10 s are the contract's; on a machine that is busy they may pass
            answers = (legacy(s, code, language, ["abc", "de"]) for _ in range(5))
            outputs(next(a for a in answers if b"timed out" not in a.body and a.json()["outputs"] != ["exit status 1"]), "abc", "de")


@test("keys")
def legacy_without_a_key(s):
    for key in ["", "x", "null"]:
        refused(legacy(s, "", key=key), 403, "Invalid secret key")
    assert "KEY is not set" in s.said()


# ---- what the service is ----


@test("open")
def what_it_is(s):
    alive(s)
    equal(s.ask("GET", "/v1/ready").json(), {"status": "ready"})
    equal(s.ask("GET", "/v1/version").json()["key_required"], False)
    told = subprocess.run([SBX, "languages", "--json"], capture_output=True, check=True, env={"PATH": "/usr/local/bin:/usr/bin:/bin"})
    equal(languages(s), json.loads(told.stdout))
    equal(s.ask("GET", "/v1/openapi.json").json(), SPEC)
    s.verdict(adder())
    stats = s.ask("GET", "/v1/stats").json()
    equal((stats["state"], stats["slots"]), ("ready", 2))
    assert stats["verdicts"]["AC"] >= 1, stats


@test("open")
def metrics(s):
    s.verdict(adder())
    answer = s.ask("GET", "/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4"), answer.headers
    text = answer.body.decode()
    assert text.endswith("\n")
    types, seen, buckets = {}, set(), {}
    for line in text.splitlines():
        if found := re.fullmatch(r"# TYPE ([a-z_]+) (counter|gauge|histogram)", line):
            assert found[1] not in types, line
            types[found[1]] = found[2]
        elif not re.fullmatch(r"# HELP ([a-z_]+) .+", line):
            found = re.fullmatch(r'([a-z_]+)(\{[a-z_]+="[^"\\\n]*"\})? ([0-9.e+-]+)', line)
            assert found and (found[1], found[2]) not in seen, line
            seen.add((found[1], found[2]))
            base = re.sub("_(bucket|sum|count)$", "", found[1])
            assert types.get(found[1]) in ("counter", "gauge") or types.get(base) == "histogram", line
            assert types.get(found[1]) != "counter" or found[1].endswith("_total"), line
            if types.get(base) == "histogram" and not found[1].endswith("_sum"):
                buckets.setdefault(base, []).append((found[2], float(found[3])))
    equal(sorted(buckets), [f"sbx_{name}_seconds" for name in ("compile", "overhead", "queue_wait", "run")])
    for name, values in buckets.items():
        counts = [value for _, value in values]
        equal((counts, values[-2][0], counts[-2]), (sorted(counts), '{le="+Inf"}', counts[-1]))
    assert buckets["sbx_queue_wait_seconds"][-1][1] >= 1, text


@test("open")
def the_page(s):
    page = s.ask("GET", "/")
    policy = page.headers["content-security-policy"]
    assert "unsafe" not in policy and "http" not in policy, policy
    for target in ["/", "/state", "/page/page.css", "/page/page.js", "/page/state.js", "/page/icon.svg", "/page/licences.txt", "/v1/openapi.json"]:
        plain = s.ask("GET", target)
        packed = s.ask("GET", target, Accept_Encoding="gzip")
        equal((plain.status, packed.status, plain.headers["x-content-type-options"]), (200, 200, "nosniff"))
        if packed.headers.get("content-encoding") == "gzip":
            equal(gzip.decompress(packed.body), plain.body)
            assert packed.headers["etag"] != plain.headers["etag"]
        same = s.ask("GET", target, If_None_Match=plain.headers["etag"])
        equal((same.status, same.body, same.headers["etag"]), (304, b"", plain.headers["etag"]))
        equal(s.ask("GET", target, If_None_Match='"other"').status, 200)
        equal(s.ask("HEAD", target).headers["content-length"], str(len(plain.body)))
    for source in re.findall(r'(?:src|href)="([^"#]+)"', page.body.decode()):
        equal(s.ask("GET", urllib.parse.urljoin("/", source)).status, 200)
    for name in ["nothing.js", "..%2fpage.js", "%2e%2e"]:
        assert s.ask("GET", "/page/" + name, holds=False).problem()["status"] in (400, 404)


@test("open")
def the_half_without_rights(s):
    with open(f"/proc/{s.half()}/status") as f:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)
    nobody = subprocess.run(["getent", "passwd", "nobody"], capture_output=True, text=True).stdout.split(":")
    equal((status["Uid"].split(), status["Gid"].split()), ([nobody[2]] * 4, [nobody[3]] * 4))
    equal((status["Groups"].strip(), status["NoNewPrivs"]), ("", "1"))
    for name in ["CapInh", "CapPrm", "CapEff", "CapAmb"]:
        equal(int(status[name], 16), 0)
    equal(os.stat(s.state).st_mode & 0o777, 0o700)
    for name in os.listdir(f"/proc/{s.half()}/fd"):
        with contextlib.suppress(OSError):
            place = os.readlink(f"/proc/{s.half()}/fd/{name}")
            assert not place.startswith("/") or place.startswith((s.state, "/dev/null", s.log, "/memfd:")), place


def judges(s):
    """Those that have got so far as to be one."""
    found = []
    for pid in children(s.process.pid):
        with contextlib.suppress(OSError), open(f"/proc/{pid}/cmdline", "rb") as f:
            found += [pid] if b"--job-files\0" in f.read() else []
    return found


@test("open")
def the_key_stays_with_the_service(s):
    name = s.submit(sleeper(600))
    until(lambda: s.get(name)["state"] == "running", "the job does not start")
    try:
        until(lambda: judges(s), "no judge")
        for pid in judges(s) + [s.process.pid, s.half()]:
            with open(f"/proc/{pid}/environ", "rb") as f:
                assert KEY[:100].encode() not in f.read(), pid
        # nor may others of its user look further
        equal(os.stat(f"/proc/{s.half()}/environ").st_uid, 0)
    finally:
        s.cancel(name)
    assert KEY not in s.said()


# ---- keys ----

KEYS = {"alice": "a-key", "bob": "b-key", "small": "s-key", "slow": "r-key", "few": "f-key"}
KEYS_FILE = "".join(f"- name: {name}\n  sha256: \"{sha256(key.encode())}\"\n{more}" for (name, key), more in zip(KEYS.items(), [
    "", "", "  priority: 3\n  limits:\n    time: 2s\n    wall: 5s\n    memory: 64M\n    tests: 2\n    files: 1\n",
    "  rate: 1/h\n  burst: 2\n", "  queued: 2\n"]))
ALICE, BOB = KEYS["alice"], KEYS["bob"]


@test("keys")
def who_may_ask(s):
    for key in [None, "", "wrong", ALICE + "x", "alice", sha256(ALICE.encode())]:
        answers = [s.ask("GET", "/v1/stats", key=key), s.ask("GET", "/metrics", key=key), s.post(adder(), key=key), put(s, b"x", key=key),
                   s.ask("GET", "/v1/jobs/" + "0" * 26, key=key), s.ask("DELETE", "/v1/jobs/" + "0" * 26, key=key),
                   s.ask("GET", "/v1/jobs/" + "0" * 26 + "?wait=bad", key=key), s.post(adder(), "?wait=bad", key=key),
                   put(s, b"", "none", key=key), s.ask("GET", "/v1/files/none", key=key)]
        for answer in answers:
            answer.problem(401, "Authorization")
            equal(answer.headers["www-authenticate"].split()[0], "Bearer")
    basic = "Basic " + base64.b64encode(b"alice:" + ALICE.encode()).decode()
    s.ask("GET", "/v1/stats", Authorization=basic).problem(401, "Authorization")
    languages(s)
    for target in ["/", "/state", "/v1/health", "/v1/ready", "/v1/openapi.json"]:
        equal(s.ask("GET", target).status, 200)
    equal(s.ask("GET", "/v1/version").json()["key_required"], True)
    name = s.submit(adder(), key=ALICE, Idempotency_Key="one")
    s.end(name, key=ALICE)
    s.ask("GET", f"/v1/jobs/{name}", key=BOB).problem(404)
    s.ask("GET", f"/v1/jobs/{name}/events", key=BOB).problem(404)
    s.ask("DELETE", f"/v1/jobs/{name}", key=BOB).problem(404)
    assert s.submit(adder(), key=BOB, Idempotency_Key="one") != name
    for key in KEYS.values():
        assert key not in s.said()


@test("keys")
def limits_of_a_key(s):
    small = {"time": "1s", "wall": "3s", "memory": "32M"}
    for field, job in [("limits.time", python("", limits={**small, "time": "3s"})), ("limits.wall", python("", limits={**small, "wall": "6s"})),
                       ("limits.memory", python("", limits={**small, "memory": "65M"})), ("limits.time", python("")),
                       ("tests[1].limits.time", python("", {}, {"limits": {"time": "1m"}}, limits=small)),
                       ("tests", python("", {}, {}, {}, limits=small)),
                       ("files", {"files": [{"name": n, "text": ""} for n in ("a.py", "b.py")], "tests": [{}], "limits": small})]:
        s.post(job, key=KEYS["small"]).problem(403, field)
    s.post(adder(), "?priority=4", key=KEYS["small"]).problem(403, "priority")
    name = s.submit(python("print(1)", {}, {}, limits=small), "?priority=3", key=KEYS["small"])
    equal(s.get(name, key=KEYS["small"])["priority"], 3)
    s.end(name, key=KEYS["small"])


@test("keys")
def the_rate_of_a_key(s):
    names = [s.submit(adder(), key=KEYS["slow"]) for _ in range(2)]
    answer = s.post(adder(), key=KEYS["slow"])
    answer.problem(429)
    assert 1 <= int(answer.headers["retry-after"]) <= 3600
    for name in names:
        equal(s.end(name, key=KEYS["slow"])["report"]["verdict"], "AC")
    s.end(s.submit(adder(), key=BOB), key=BOB)


@test("keys")
def turns_and_priorities(s):
    with s.blocked(key=ALICE):
        names = {f"alice {n}": s.submit(adder(), key=ALICE) for n in range(3)}
        names["alice first"] = s.submit(adder(), "?priority=9", key=ALICE)
        names["bob"] = s.submit(adder(), key=BOB)
        equal(s.get(names["alice first"], key=ALICE)["position"] < s.get(names["alice 0"], key=ALICE)["position"], True)
        stats = s.ask("GET", "/v1/stats", key=BOB).json()
        equal((stats["running"], stats["queue"]["jobs"]), (1, 5))
        equal({"name": "alice", "queued": 4, "running": 1} in stats["keys"], True)
    starts = {who: s.end(name, key=BOB if who == "bob" else ALICE)["started"] for who, name in names.items()}
    order = sorted(starts, key=starts.get)
    assert order.index("bob") <= 1, order
    equal([who for who in order if who != "bob"], ["alice first", "alice 0", "alice 1", "alice 2"])


@test("keys")
def a_full_queue(s):
    with s.blocked(key=ALICE):
        names = [(s.submit(adder(), key=KEYS["few"]), KEYS["few"]) for _ in range(2)]
        answer = s.post(adder(), key=KEYS["few"])
        answer.problem(429)
        assert "key" in answer.json()["detail"], answer.body
        while (answer := s.post(adder(), key=BOB)).status == 202:
            names.append((answer.json()["id"], BOB))
        answer.problem(429)
        assert 1 <= int(answer.headers["retry-after"]) <= 3600
        equal(len(names), 12)
        # its body never comes
        equal(hold_raw(s.raw(head("Content-Length: 1000000", "Authorization: Bearer " + BOB))), 429)
        # KEY is not set: no room is taken for what is refused once it is read
        equal(legacy(s, "x" * 20000).status, 403)
        # cancelled while they wait: they never ran, and there is room again
        for name, key in names:
            job = s.cancel(name, key=key)
            equal((job["state"], job["attempt"], job["started"]), ("cancelled", 0, None))
            equal(s.events(name, key=key)[-1][2]["state"], "cancelled")
        name = s.submit(adder(), key=BOB)
    equal(s.end(name, key=BOB)["report"]["verdict"], "AC")


def until_refused(connect, *headers):
    """Begins uploads of a million bytes of which none comes, until one is refused: those that were not, and its answer."""
    name, begun = sha256(b""), []
    while len(begun) < 200:
        sock = connect()
        sock.settimeout(PATIENCE)
        sock.sendall(head("Content-Length: 1000000", "Expect: 100-continue", *headers, line=f"PUT /v1/files/{name} HTTP/1.1").replace(b"Host: x", b"Host: localhost"))
        said = sock.recv(65536)
        if not said.startswith(b"HTTP/1.1 100 "):
            sock.close()
            return begun, said
        begun.append(sock)
    raise AssertionError("nothing is refused")


@test("keys")
def one_key_has_a_part_of_what_is_read(s):
    def connect():
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(s.address)
        return sock

    begun, said = until_refused(connect, "Authorization: Bearer " + ALICE)
    try:
        equal((len(begun), hold_raw(said)), (67, 429))  # half of 128 MiB
        assert b"Retry-After: 1" in said and b"of this key" in said, said
        data = os.urandom(500000)
        put(s, data, key=ALICE).problem(429)
        equal(put(s, data[:16384], key=ALICE).status, 201)  # what is short needs none
        equal(put(s, data, key=BOB).status, 201)
    finally:
        for sock in begun:
            sock.close()
    until(lambda: put(s, data, key=ALICE).status == 200, "it has no room again")


@test("keys")
def one_key_has_a_part_of_what_is_sent(s):
    """Answers that their client does not read, of 6 MiB each, leave others room for theirs."""
    run = {"argv": ["python3", "-c", "print(chr(1) * 1048575)"], "keep_output": "1M"}
    name = s.submit(python("print(chr(1) * 1048575)", keep_output="1M"), key=ALICE)
    s.end(name, key=ALICE)
    with contextlib.ExitStack() as open_ones:
        for count in range(40):
            sock = open_ones.enter_context(socket.socket(socket.AF_UNIX))
            sock.settimeout(PATIENCE)
            sock.connect(s.address)
            sock.sendall(head("Authorization: Bearer " + ALICE, line=f"GET /v1/jobs/{name} HTTP/1.1"))
            said = sock.recv(4096)
            if not said.startswith(b"HTTP/1.1 200 "):
                break
        equal((count, hold_raw(said)), (10, 503))  # half of 128 MiB
        assert b"sent to you: the job is kept" in said and f"/v1/jobs/{name}".encode() in said, said
        post_run(s, run, key=ALICE).problem(503)
        equal(len(ran(s, run, "OK", key=BOB)["stdout"]), 1 << 20)
    until(lambda: s.ask("GET", f"/v1/jobs/{name}", key=ALICE).status == 200, "it has no room again")


# ---- its end, and the next start ----


def a_restart(place):
    with Service(place, "{running: 1, slots: 2, grace: 1m}") as s:
        first = s.end(s.submit(adder(), Idempotency_Key="before"))
        own = [event for event in s.events(first["id"]) if event[0]]
        runs = s.submit(sleeper(4))
        queued = s.submit(adder(), Idempotency_Key="queued")
        late = threading.Thread(target=swallow, args=(lambda: s.ask("GET", f"/v1/jobs/{queued}?wait=60"),))
        late.start()
        until(lambda: s.get(runs)["state"] == "running", "the job does not start")
        s.process.terminate()
        until(lambda: s.ask("GET", "/v1/ready").status == 503, "it takes jobs still")
        s.post(adder()).problem(503)
        equal(s.get(queued)["state"], "queued")
        equal(s.process.wait(PATIENCE), 0)
        late.join()
        s.start()
        job = s.end(runs)
        equal((job["state"], job["attempt"], job["report"]["verdict"]), ("done", 1, "OK"))
        equal(s.get(first["id"]), first)
        again = s.post(adder(), Idempotency_Key="before")
        equal((again.status, again.json()), (200, first))
        s.post(adder(2), Idempotency_Key="before").problem(409, "Idempotency-Key")
        equal([event for event in s.events(first["id"]) if event[0]], own)
        equal([event for event in s.events(first["id"], own[1][0]) if event[0]], own[2:])
        equal(s.submit(adder(), Idempotency_Key="queued"), queued)
        job = s.end(queued)
        equal((job["attempt"], job["report"]["verdict"]), (1, "AC"))
        s.stop()
        hold_log(s)


def swallow(function):
    """A client that is cut off when the service ends."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        function()


def is_judged(s, name):
    """It runs, and not only by what the service has written down before it starts the judge."""
    if s.get(name)["state"] != "running":
        return False
    with contextlib.suppress(OSError):
        return any(b"judge" in open(f"/proc/{pid}/cmdline", "rb").read() for pid in children(s.process.pid))


def post_is_told_in_its_own_form(place):
    """Of a store that takes nothing, and of the service's end, before it and while the answer is waited for."""
    busy = 503, "Server busy, try again later"
    late = []
    with Service(place, "{running: 1, slots: 2, grace: 1m}", env={"KEY": KEY}) as s:
        with traced(s, "pwrite64", "error=ENOSPC"):
            refused(legacy(s, "print(1)"), *busy)
        outputs(legacy(s, "print(1)", inputs=["1"]), "1")
        runs = s.submit(sleeper(3))
        until(lambda: s.get(runs)["state"] == "running", "the job does not start")
        thread = threading.Thread(target=lambda: late.append(legacy(s, "print(1)")))
        thread.start()
        until(lambda: count(s, "queue_jobs") == 1, "the request does not come")
        s.process.terminate()
        until(lambda: s.ask("GET", "/v1/ready").status == 503, "it takes jobs still")
        answer = legacy(s, "print(1)")
        refused(answer, *busy)
        equal(answer.headers["retry-after"], "10")
        equal(s.process.wait(PATIENCE), 0)
        thread.join()
        refused(late[0], *busy)


def an_end_on_a_full_disk(place):
    """It ends, and what ran is run again."""
    with Service(place, "{running: 2, slots: 2, grace: 100ms}") as s:
        name = s.submit(sleeper(600))
        until(lambda: is_judged(s, name), "the job does not start")
        with traced(s, "pwrite64", "error=ENOSPC"):
            s.stop()
        s.start()
        until(lambda: is_judged(s, name), "the job does not start anew")
        equal(s.get(name)["attempt"], 2)


def an_end_on_a_full_disk_with_a_result(place):
    """What ended and could not be stored is run again, too."""
    with Service(place, "{running: 2, slots: 2, grace: 100ms}") as s:
        name = s.submit(sleeper(1))
        until(lambda: is_judged(s, name), "the job does not start")
        with traced(s, "pwrite64", "error=ENOSPC"):
            until(lambda: s.ask("GET", "/v1/ready").status == 503, "it is not told that the state folder takes nothing")
            s.stop()
        s.start()
        job = s.end(name)
        equal((job["attempt"], job["report"]["verdict"]), (2, "OK"))
        s.stop()


def jobs_that_cannot_start(place):
    """They let the others pass: one whose text is gone, and one that is gone."""
    with Service(place, "{running: 5, slots: 2}") as s:  # two of these are what blocks the slots
        with s.blocked(), s.blocked():
            names = [s.submit(adder()) for _ in range(9)]
            until(lambda: s.get(names[2])["state"] == "running", "three do not run")
            with contextlib.closing(sqlite3.connect(s.state + "/serve.db")) as store, store:
                store.execute("DELETE FROM body WHERE seq = (SELECT seq FROM job WHERE id = ?)", [names[3]])
                store.execute("DELETE FROM job WHERE id = ?", [names[4]])
        for name in names[:3] + names[5:]:
            equal(s.end(name)["report"]["verdict"], "AC")
        equal(s.get(names[3])["state"], "queued")
        equal(s.ask("GET", "/v1/ready").status, 200)


def suspects_run_one_by_one(place):
    """So the next death of the service is one's own. What did not run when it died does not wait for them."""
    with Service(place, "{running: 3, slots: 3}") as s:
        names = [s.submit(sleeper(1)) for _ in range(3)]
        until(lambda: all(s.get(name)["state"] == "running" for name in names), "they do not run")
        s.kill()
        s.start()
        other = s.submit(adder())
        # the next one's file of events takes its time, so that one which began before the result was stored would show
        with traced(s, "openat", "delay_enter=100000"):
            jobs = sorted((s.end(name) for name in names), key=lambda job: job["started"])
        for earlier, later in zip(jobs, jobs[1:]):
            assert earlier["ended"] <= later["started"], (earlier, later)
        assert s.end(other)["started"] < jobs[1]["started"]
        s.stop()


def places_on_a_full_disk(place):
    """A job whose cancellation cannot be written waits where it did."""
    with Service(place, "{running: 1, slots: 2}") as s:
        with s.blocked():
            names = [s.submit(adder()) for _ in range(4)]
            with traced(s, "pwrite64", "error=ENOSPC"):
                for name in names[1::-1]:
                    s.ask("DELETE", f"/v1/jobs/{name}").problem(503)
            equal([s.get(name)["position"] for name in names], [0, 1, 2, 3])
        started = [s.end(name)["started"] for name in names]
        equal(started, sorted(started))
        s.stop()


def an_end_without_grace(place):
    with Service(place, "{running: 1, slots: 2, grace: 100ms, results: 1s}") as s:
        name = s.submit(sleeper(600))
        until(lambda: is_judged(s, name), "the job does not start")
        s.stop()
        s.start()
        until(lambda: is_judged(s, name), "the job does not start anew")
        equal(s.get(name)["attempt"], 2)
        # killed: likewise
        s.kill()
        s.start()
        until(lambda: is_judged(s, name), "the job does not start anew")
        equal(s.get(name)["attempt"], 3)
        # of an attempt for which there was no file, and of a job that was forgotten just before the end
        os.unlink(f"{s.state}/events/{name}.2")
        open(f"{s.state}/events/{'0' * 26}.1", "w").close()
        s.kill()
        s.start()
        until(lambda: is_judged(s, name), "the job does not start anew")
        # a job that the service dies by each time: as if it had done so oftener
        s.kill()
        with contextlib.closing(sqlite3.connect(s.state + "/serve.db")) as store, store:
            equal(store.execute("SELECT id, deaths FROM job").fetchall(), [(name, 2)])
            store.execute("UPDATE job SET deaths = 9")
        s.start()
        job = s.get(name)
        equal((job["state"], job["attempt"], job["report"]), ("failed", 4, None))
        equal(job["error"]["detail"], "the service died 10 times while it ran: it is not tried again")
        until(lambda: os.listdir(s.state + "/events") == [], "its events are never forgotten")
        s.stop()


def runs_end_with_the_service(place):
    """Those that wait, and those that run for longer than the grace: their clients are told, and the next service knows nothing of them."""
    with Service(place, "{running: 1, slots: 2, grace: 100ms}") as s:
        with contextlib.ExitStack() as open_ones:
            clients = [open_ones.enter_context(leaving(s, {"argv": ["sleep", "1000"], "limits": {"wall": "2000s"}})) for _ in range(2)]
            until(lambda: sleeps(s) and count(s, "queue_jobs") == 1, "the runs do not come")
            s.process.terminate()
            for client in clients:
                client.settimeout(PATIENCE)
                response = http.client.HTTPResponse(client)
                response.begin()
                answer = Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
                hold_answer("POST", "/v1/run", answer)
                answer.problem(503)
        equal(s.process.wait(PATIENCE), 0)
        s.start()
        equal((count(s, "queue_jobs"), count(s, "running")), (0, 0))
        ran(s, {"argv": ["true"]}, "OK")
        s.stop()


def runs_that_wait_hold_so_much(place):
    """Of the service's memory; when they end, they give it back."""
    run = shell("wc -c", stdin="x" * 2000000)
    with Service(place, "{running: 1, slots: 2}") as s:
        with s.blocked():
            with leaving(s, {**run, "stdin": "x" * 66000000}):
                until(lambda: count(s, "queue_jobs") == 1, "the run does not wait")
                answer = post_run(s, run)
                answer.problem(429)
                equal(answer.headers["retry-after"], "1")
            until(lambda: count(s, "queue_jobs") == 0, "it waits still")
        ran(s, run, "OK", None, "2000000\n")
        s.stop()


def few_descriptors(place):
    """What is missing for a start now may be there later: no job fails by it. Each that runs has three descriptors of the service's, which has
    fewer here than that takes, though as many as a box may have files."""
    with Service(place, "{running: 100, slots: 2, connections: 50}", descriptors=300) as s:
        # both slots are taken, so that none ends before all have begun
        with s.blocked(), s.blocked():
            names = [s.submit(adder()) for _ in range(120)]
            until(lambda: "Too many open files" in s.said() or "no descriptors" in s.said(), "no start fails")
        for name in names:
            until(lambda: s.get(name)["state"] not in ("queued", "running"), "a job does not end")
            equal((s.get(name)["state"], s.get(name)["report"]["verdict"]), ("done", "AC"))
        # each kept its place, but for a descriptor that the end of a connection gave the next one
        started = sorted(names, key=lambda name: s.get(name)["started"])
        late = max(started.index(name) - names.index(name) for name in names)
        assert late <= 5, f"{late} came later, and were started before"
        s.stop()


def a_state_folder_out_of_reach(place):
    """Root makes it, and the user that the network half is cannot come there: which one, where, and what mends it."""
    closed = place + "/closed"
    os.mkdir(place, 0o755)
    os.mkdir(closed, 0o700)
    args = [SBX, "serve", "--listen", f"unix:{place}/socket", "--state", closed + "/state"]

    def refused_by():
        done = subprocess.run(args, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
        equal((done.returncode, done.stdout), (3, ""))
        return done.stderr

    why = f"sbx serve: cannot open the state folder {closed}/state: Permission denied"
    said = refused_by()
    assert f"{why} for user nobody: chmod o+x {closed}\n" in said, said
    os.chmod(closed, 0o701)
    os.chown(closed + "/state", 1, 1)
    said = refused_by()
    assert f"{why}: chown nobody {closed}/state\n" in said, said
    os.rmdir(closed + "/state")
    with open(place + "/log", "wb") as log, subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=log, stderr=log) as service:
        until(lambda: b'"listening"' in open(place + "/log", "rb").read() or service.poll() is not None, "it does not start")
        service.terminate()
    equal(service.returncode, 0)


def a_key_that_is_too_long(place):
    os.mkdir(place, 0o755)
    done = subprocess.run([SBX, "serve", "--listen", f"unix:{place}/socket", "--state", place + "/state"], env={"KEY": KEY + "!"},
                          capture_output=True, text=True, timeout=PATIENCE)
    equal((done.returncode, done.stdout), (2, ""))
    assert "KEY has 4097 bytes, and may have 4096" in done.stderr and "!!!" not in done.stderr, done.stderr


def half_of_the_queue_is_not_for_post(place):
    """Whoever sends to POST / shows no key before the body is read: half of the queue is all that they can take."""
    with Service(place, "{running: 1, slots: 2, queue: {jobs: 3}}", env={"KEY": KEY}) as s:
        with contextlib.ExitStack() as open_ones:
            for _ in range(2):
                sock = open_ones.enter_context(socket.socket(socket.AF_UNIX))
                sock.connect(s.address)
                sock.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
            until(lambda: b'sbx_offers_total{answer="admitted"} 2\n' in s.ask("GET", "/metrics").body, "the half is not full")
            answer = legacy(s, "print(1)", inputs=[])
            equal((answer.status, sorted(answer.json())), (429, ["message", "status"]))
            assert 1 <= int(answer.headers["retry-after"]) <= 3600
            equal(s.verdict(adder())["verdict"], "AC")
        s.stop()


def results_are_kept_for_a_time(place):
    with Service(place, "{running: 1, slots: 2, results: 1s}") as s:
        name = s.submit(adder())
        until(lambda: s.get(name)["state"] == "done", "the job does not end")
        equal(len(os.listdir(s.state + "/events")), 1)
        until(lambda: s.ask("GET", "/v1/jobs/" + name).status == 404, "the job is never forgotten")
        until(lambda: os.listdir(s.state + "/events") == [], "its events are never forgotten")
        s.stop()


def results_are_kept_up_to_a_size(place):
    """Those of who has most go, the oldest first, with their events; nobody else's do."""
    with Service(place, "{running: 1, slots: 2, result_bytes: 1M}", KEYS_FILE) as s:
        bob = s.end(s.submit(adder(), key=BOB), key=BOB)
        with s.blocked(key=ALICE):
            long = python("print('x' * 300000)", keep_output="1M")
            names = [s.submit(long, key=ALICE) for _ in range(5)]
            queued = s.submit(adder(), key=BOB)
        # of each its report, and the event with the output in it
        waited = [s.end(name, key=ALICE)["report"]["verdict"] for name in names[-2:]]
        equal(waited, ["OK", "OK"])
        s.end(queued, key=BOB)
        there = [s.ask("GET", f"/v1/jobs/{name}", key=ALICE).status for name in names]
        equal((there[0], there[-1]), (404, 200))
        equal(there, sorted(there, reverse=True))
        equal(s.get(bob["id"], key=BOB), bob)
        found = re.search(r"^sbx_results_bytes (\d+)$", s.ask("GET", "/metrics", key=BOB).body.decode(), re.M)
        assert 300000 < int(found[1]) <= 1 << 20, found
        for name, status in zip(names, there):
            equal((name, os.path.exists(f"{s.state}/events/{name}.1")), (name, status == 200))
        s.stop()


def events_of_attempts_that_were_cut_off(place):
    """They are kept with what becomes of their job, and count as much."""
    def lengthen(name):
        with open(f"{s.state}/events/{name}.1", "ab") as f:
            f.write(b":" + b"x" * 100000 + b"\n\n")

    with Service(place, "{running: 1, slots: 2, grace: 100ms}") as s:
        cancelled, deadly = s.submit(sleeper(600)), s.submit(sleeper(600), "?priority=9")
        until(lambda: is_judged(s, cancelled), "the job does not start")
        s.stop()
        lengthen(cancelled)
        s.start()
        until(lambda: is_judged(s, deadly), "the job does not start")
        equal(count(s, "results_bytes"), 0)
        s.cancel(cancelled)
        assert 101024 <= count(s, "results_bytes") < 110000, count(s, "results_bytes")
        s.kill()
        lengthen(deadly)
        with contextlib.closing(sqlite3.connect(s.state + "/serve.db")) as store, store:
            store.execute("UPDATE job SET deaths = 9 WHERE id = ?", [deadly])
        s.start()
        equal(s.get(deadly)["state"], "failed")
        assert 202048 <= count(s, "results_bytes") < 220000, count(s, "results_bytes")
        s.stop()


def files_of_others_stay(place):
    """Where the store of files is full, who has most loses its own; and a key may have less, and send fewer."""
    keys = KEYS_FILE + f"- name: little\n  sha256: \"{sha256(b'l-key')}\"\n  stored: 20K\n  uploads: 3/h\n"

    def there(data):
        return [s.ask("GET", "/v1/files/" + sha256(one), key=BOB).status == 200 for one in data]

    with Service(place, "{running: 1, slots: 2, files: 100K}", keys) as s:
        little, bob, alice = ([bytes([65 + i + shift]) * 10000 for i in range(n)] for n, shift in [(3, 0), (1, 3), (20, 4)])
        equal([put(s, one, key="l-key").status for one in little], [201] * 3)
        answer = put(s, little[0], key="l-key")
        answer.problem(429)
        assert 1 <= int(answer.headers["retry-after"]) <= 3600
        # the first of three that are 30,000 bytes
        equal(s.ask("GET", "/v1/files/" + sha256(little[0]), key="l-key").status, 404)
        equal(put(s, bob[0], key=BOB).status, 201)
        equal({put(s, one, key=ALICE).status for one in alice}, {201})
        equal(there(bob + little[1:]), [True] * 3)
        left = there(alice)
        equal((left, sum(left)), (sorted(left), 7))
        name = s.submit(python("print(len(input()))", {"stdin_path": sha256(bob[0]), "answer": "10000"}), key=BOB)
        equal(s.end(name, key=BOB)["report"]["verdict"], "AC")
        s.stop()


@contextlib.contextmanager
def on_a_port(place):
    """A service without keys, since who sends through a Unix socket has no address and names no host: its port."""
    os.mkdir(place, 0o755)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def is_ready():
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), PATIENCE):
            return True
        return False

    with open(place + "/log", "ab") as log:
        service = subprocess.Popen([SBX, "serve", "--listen", f"127.0.0.1:{port}", "--state", place + "/state"],
                                   stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        until(lambda: service.poll() is not None or is_ready(), "the service is not ready")
        yield port
    finally:
        service.terminate()
        service.wait()


def pages_of_other_hosts(place):
    """A name that leads to 127.0.0.1 is not this host's, whoever made it do so."""

    def status(host, target="/v1/stats"):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.putrequest("GET", target, skip_host=True)
            if host is not None:
                connection.putheader("Host", host)
            connection.endheaders()
            return connection.getresponse().status

    with on_a_port(place) as port:
        for host in ["localhost", f"127.0.0.1:{port}", "LocalHost:1", "[::1]"]:
            equal((host, status(host)), (host, 200))
        for host in ["evil.example", f"localhost.evil.example:{port}", "127.0.0.1.evil.example", "x", ""]:
            equal((host, status(host)), (host, 403))
        equal(status("evil.example", "/v1/health"), 200)


def one_address_has_a_part_of_what_is_read(place):
    with on_a_port(place) as port:
        begun, said = until_refused(lambda: socket.create_connection(("127.0.0.1", port)))
        try:
            equal(hold_raw(said), 429)
            assert b"from this address" in said, said
            with socket.create_connection(("127.0.0.1", port), PATIENCE, ("127.0.0.2", 0)) as sock:
                sock.sendall(f"PUT /v1/files/{sha256(b'x' * 20000)} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000\r\n\r\n".encode() + b"x" * 20000)
                assert sock.recv(65536).startswith(b"HTTP/1.1 201 ")
        finally:
            for sock in begun:
                sock.close()


def hold_log(s):
    """Lines of JSON, those of a job with its name."""
    for line in s.said().splitlines():
        event = json.loads(line)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["time"]) and event["event"], line
        assert event["event"] not in ("accepted", "done") or event["job"], line


GROUPS = {
    "open": lambda place: Service(place, "{running: 2, slots: 2, body: 1M, queue: {jobs: 200, bytes: 2M}}", env={"KEY": KEY}),
    "keys": lambda place: Service(place, "{running: 1, slots: 2, body: 1M, queue: {jobs: 12}}", KEYS_FILE),
}


def main():
    pattern = sys.argv[2] if len(sys.argv) > 2 else ""
    number, failed = 0, False

    def run(name, function):
        nonlocal number, failed
        number += 1
        start = time.monotonic()
        try:
            function()
            print(f"ok {number} - {name} # {time.monotonic() - start:.1f} s", flush=True)
        except Exception as error:  # whatever it is, the others have their turn
            failed = True
            lines = [at.lineno for at in traceback.extract_tb(error.__traceback__) if at.filename == __file__]
            print(f"not ok {number} - {name}\n# lines {lines}")
            print("# " + f"{type(error).__name__}: {error}".replace("\n", "\n# "), flush=True)

    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        for group, start in GROUPS.items():
            tests = [f for g, f in TESTS if g == group and re.search(pattern, f.__name__)]
            if not tests:
                continue
            service = start(f"{place}/{group}")
            try:
                for function in tests:
                    run(function.__name__.replace("_", " "), lambda: function(service))
                run(f"the end of the service {group}", lambda: (service.stop(), hold_log(service)))
            finally:
                service.kill()
        for function in (a_restart, post_is_told_in_its_own_form, an_end_on_a_full_disk, an_end_on_a_full_disk_with_a_result, jobs_that_cannot_start,
                         suspects_run_one_by_one, places_on_a_full_disk, an_end_without_grace, runs_end_with_the_service,
                         runs_that_wait_hold_so_much, few_descriptors, a_key_that_is_too_long, a_state_folder_out_of_reach,
                         half_of_the_queue_is_not_for_post, results_are_kept_for_a_time, results_are_kept_up_to_a_size,
                         events_of_attempts_that_were_cut_off, files_of_others_stay, pages_of_other_hosts, one_address_has_a_part_of_what_is_read):
            if re.search(pattern, function.__name__):
                run(function.__name__.replace("_", " "), lambda: function(f"{place}/{function.__name__}"))
        print(f"1..{number}")
    sys.exit(failed)


main()
