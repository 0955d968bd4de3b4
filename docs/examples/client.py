#!/usr/bin/env python3
"""Submits a batch to `sbx serve` and shows what becomes of it, while it happens. Standard library only.

    client.py [--url http://127.0.0.1:5000] [--key KEY] [--time 2s] [--memory 256M] --tests DIR SOURCE...

DIR holds NAME.in with NAME.ans, as for `sbx judge --tests`; each SOURCE is a submission of one file, whose language
its name tells. Inputs and answers are uploaded once for the whole batch. Exit status: 0 all accepted, 1 not, 2 the
service refused something.
"""
import argparse
import concurrent.futures
import hashlib
import json
import pathlib
import sys
import time
import urllib.error
import urllib.request
import uuid

TRIES = 20  # of a request that is told to come back, or of a stream that breaks off


class Client:
    def __init__(self, url, key):
        self.url, self.headers = url.rstrip("/"), {"Authorization": f"Bearer {key}"} if key else {}

    def ask(self, method, path, body=None, **headers):
        """The open answer. Comes back as often as it is told to, and when the service is away for a while."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url + path, body, {**self.headers, **names}, method=method)
        for n in range(1, TRIES + 1):
            try:
                return urllib.request.urlopen(request, timeout=60)
            except urllib.error.HTTPError as error:
                if error.code not in (429, 503) or n == TRIES:
                    raise
                time.sleep(int(error.headers.get("Retry-After", 1)))
            except OSError:
                if n == TRIES:
                    raise
                time.sleep(1)

    def upload(self, path):
        """A file's name in the service, which keeps it from then on."""
        data = path.read_bytes()
        sha256 = hashlib.sha256(data).hexdigest()
        try:
            self.ask("GET", f"/v1/files/{sha256}").close()
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
            self.ask("PUT", f"/v1/files/{sha256}", data).close()
        return sha256

    def submit(self, job):
        # the key makes a retry of a request whose answer was lost the same job
        answer = self.ask("POST", "/v1/jobs", json.dumps(job).encode(), Content_Type="application/json",
                          Idempotency_Key=str(uuid.uuid4()))
        return json.load(answer)["id"]

    def events(self, job_id):
        """Pairs of an event's name and its data, to the end of the job; goes on where a broken connection stopped."""
        last, over = {}, False
        for _ in range(TRIES):
            try:
                with self.ask("GET", f"/v1/jobs/{job_id}/events", **last) as stream:
                    name, data, event_id = "message", "", None
                    for line in stream:
                        field, _, value = line.decode().rstrip("\n").partition(": ")
                        if field == "id":
                            event_id = value
                        elif field == "event":
                            name = value
                        elif field == "data":
                            data = value
                        elif line == b"\n" and data:
                            if event_id:
                                last = {"Last_Event_ID": event_id}
                            parsed = json.loads(data)
                            over = over or name == "state" and parsed["state"] not in ("queued", "running")
                            yield name, parsed
                            name, data, event_id = "message", "", None
            except urllib.error.HTTPError:
                raise
            except OSError:
                pass
            if over:
                return
            time.sleep(1)

    def result(self, job_id):
        return json.load(self.ask("GET", f"/v1/jobs/{job_id}"))


def follow(client, name, job_id):
    for event, data in client.events(job_id):
        if event == "state" and data["state"] == "queued":
            print(f"{name}: {data['position']} before it", flush=True)
        elif event == "test_finished":
            result = data["result"]
            cpu_us = (result["run"] or {}).get("cpu_us")
            cpu = "" if cpu_us is None else f"  {cpu_us / 1000:.1f} ms"
            print(f"{name}: test {result['name']}  {result['verdict']}{cpu}", flush=True)
    job = client.result(job_id)
    verdict = job["report"]["verdict"] if job["report"] else job["state"]
    why = f"  {job['error']['detail']}" if job["error"] else ""
    print(f"{name}: {verdict}{why}", flush=True)
    return verdict in ("AC", "OK")


def main():
    parser = argparse.ArgumentParser(description="Submits a batch to sbx serve.")
    parser.add_argument("--url", default="http://127.0.0.1:5000")
    parser.add_argument("--key")
    parser.add_argument("--time", default="2s")
    parser.add_argument("--memory", default="256M")
    parser.add_argument("--tests", required=True, type=pathlib.Path)
    parser.add_argument("sources", nargs="+", type=pathlib.Path)
    args = parser.parse_args()
    client = Client(args.url, args.key)
    tests = [{"name": path.stem, "stdin_path": client.upload(path), "answer_path": client.upload(path.with_suffix(".ans"))}
             for path in sorted(args.tests.glob("*.in"))]
    jobs = {source: client.submit({"files": [{"name": source.name, "text": source.read_text()}], "tests": tests,
                                   "limits": {"time": args.time, "memory": args.memory}})
            for source in args.sources}
    with concurrent.futures.ThreadPoolExecutor(len(jobs)) as pool:
        done = list(pool.map(lambda item: follow(client, item[0].name, item[1]), jobs.items()))
    return 0 if all(done) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except urllib.error.HTTPError as error:
        print(f"client.py: {error.url}: {error.code} {error.read().decode()}", file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        print(f"client.py: {error}", file=sys.stderr)
        sys.exit(2)
