#!/usr/bin/python3
"""mock.py [--slots N] [--queue N] [--key NAME=KEY]... [--draining] PAGE

A service that speaks runner/serve/openapi.json, but plays its jobs (mock_jobs.py), for the tests of the web page. It
serves the page from the folder PAGE (build/page/out), listens on a free port of 127.0.0.1, prints its address, and ends
with its standard input.
"""
import argparse
import gzip
import hashlib
import http.server
import json
import pathlib
import re
import sys
import threading
import urllib.parse

from mock_jobs import Queue, answer_of

TABLE = pathlib.Path(__file__).parents[2] / "runner/serve/page/files.json"
TITLES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
          409: "Conflict", 413: "Content Too Large", 415: "Unsupported Media Type", 422: "Unprocessable Content",
          429: "Too Many Requests", 503: "Service Unavailable"}
BODY_MAX = 2**20
KEEPALIVE_S = 15

LANGUAGES = [("python3", "Python 3 (CPython)", [".py"], "Python 3.11.2"), ("c", "C17 (GCC)", [".c"], "gcc 12.2.0"),
             ("cpp", "C++17 (GCC)", [".cpp", ".cc"], "g++ 12.2.0"), ("go", "Go", [".go"], "go1.19.8"),
             ("haskell", "Haskell (GHC)", [".hs"], None), ("php", "PHP", [".php"], "PHP 8.2.7")]


class Problem(Exception):
    def __init__(self, status, detail, field=None, **headers):
        super().__init__(detail)
        self.status, self.detail, self.field, self.headers = status, detail, field, headers

    def document(self):
        document = {"type": "about:blank", "title": TITLES[self.status], "status": self.status, "detail": self.detail}
        return {**document, "field": self.field} if self.field else document


class Service:
    """What all requests share."""

    def __init__(self, options):
        self.keys = dict(key.split("=", 1) for key in options.key)
        self.queue = Queue(options.slots, options.queue)
        self.is_draining = options.draining
        self.files = {}
        self.named = {}  # (key, Idempotency-Key) -> (hash of the body, job)
        self.lock = threading.Lock()
        table = json.loads(TABLE.read_text())
        self.policy = table["policy"]
        self.page = {row["path"]: (row["type"], (pathlib.Path(options.page) / row["file"]).read_bytes())
                     for row in table["files"]}


ROUTES = []


def route(method, pattern, needs_key=True, changes=False):
    """`changes`: not while the service drains."""
    def add(handler):
        ROUTES.append((method, re.compile(pattern), needs_key, changes, handler))
        return handler
    return add


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    service = None

    def log_message(self, *_):
        pass

    # -- the way of a request --

    def handle_any(self):
        url = urllib.parse.urlsplit(self.path)
        self.query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        self.body = None
        try:
            self.read_body()
            for name in self.query.keys() - {"wait", "priority"}:
                raise Problem(400, "there is no such parameter", name)
            handler, match = self.find(url.path)
            handler(self, *match.groups())
        except Problem as problem:
            self.send(problem.status, problem.document(), "application/problem+json",
                      **{name.replace("_", "-"): value for name, value in problem.headers.items()})
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = handle_any

    def read_body(self):
        length = int(self.headers.get("Content-Length", 0))
        if length > BODY_MAX:
            self.close_connection = True
            self.rfile.read(length)
            raise Problem(413, f"more than {BODY_MAX} bytes")
        self.body = self.rfile.read(length)

    def find(self, path):
        method = "GET" if self.command == "HEAD" and not path.startswith("/v1/files/") else self.command
        fitting = [(row, row[1].fullmatch(path)) for row in ROUTES]
        fitting = [(row, match) for row, match in fitting if match]
        if path in self.service.page and method == "GET":
            return Handler.page_file, re.match("(.*)", path)
        if not fitting and path not in self.service.page:
            raise Problem(404, f"there is no {path}"[:200])
        for (its_method, _, needs_key, changes, handler), match in fitting:
            if its_method != method:
                continue
            self.key = self.find_key() if needs_key else None
            if changes and self.service.is_draining:
                raise Problem(503, "The service is about to end.", Retry_After="5")
            return handler, match
        raise Problem(405, f"not {self.command}", Allow=", ".join(row[0] for row, _ in fitting) or "GET")

    def find_key(self):
        if not self.service.keys:
            return None
        presented = self.headers.get("Authorization", "")
        for name, key in self.service.keys.items():
            if presented == f"Bearer {key}":
                return name
        what = "This key is not known." if presented else "This service asks for an API key."
        raise Problem(401, what, "Authorization", WWW_Authenticate="Bearer")

    def send(self, status, content=b"", kind="application/json", **headers):
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        if data:
            self.send_header("Content-Type", kind)
        if "Content-Length" not in headers and status != 304:
            self.send_header("Content-Length", str(len(data)))
        for name, value in {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    # -- the page --

    def page_file(self, path):
        kind, plain = self.service.page[path]
        packs = "gzip" in self.headers.get("Accept-Encoding", "")
        etag = f'"{hashlib.sha256(plain).hexdigest()}{"-gzip" if packs else ""}"'
        headers = {"ETag": etag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if kind.startswith("text/html"):
            headers["Content-Security-Policy"] = self.service.policy
        if self.headers.get("If-None-Match") == etag:
            self.send(304, **headers)
        elif packs:
            self.send(200, gzip.compress(plain), kind, **headers, **{"Content-Encoding": "gzip"})
        else:
            self.send(200, plain, kind, **headers)

    # -- jobs --

    def find_job(self, name):
        job = self.service.queue.jobs.get(name)
        if job is None or job.key != self.key:
            raise Problem(404, "There is no such job, or no longer.")
        return job

    def number(self, name, most):
        text = self.query.get(name, "0")
        if not text.isdigit() or int(text) > most:
            raise Problem(400, f"not a whole number from 0 to {most}", name)
        return int(text)

    def read_json(self):
        if self.headers.get("Content-Type", "").split(";")[0] != "application/json":
            raise Problem(415, "not application/json", "Content-Type")
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise Problem(400, f"not JSON: {error}") from None

    def read_job(self):
        job = self.read_json()
        for name in ("files", "tests"):
            if not isinstance(job, dict) or not job.get(name):
                raise Problem(400, f'"{name}" is missing', name)
        if job.get("language") not in [None, *(language[0] for language in LANGUAGES)]:
            raise Problem(422, "no language has this name", "language")
        for index, test in enumerate(job["tests"]):
            for name in ("stdin_path", "answer_path"):
                if name in test and test[name] not in self.service.files:
                    raise Problem(422, "a file is not stored here: " + test[name], f"tests[{index}].{name}")
        pids = job.get("limits", {}).get("pids", 1)
        if isinstance(pids, int) and pids > 10000:
            raise Problem(403, "limits.pids: more than this service gives", "limits.pids")
        return job

    @route("POST", "/v1/jobs", changes=True)
    def submit(self):
        wait, priority = self.number("wait", 60), self.number("priority", 9)
        body, queue = self.read_job(), self.service.queue
        name, digest = (self.key, self.headers.get("Idempotency-Key")), hashlib.sha256(self.body).digest()
        with self.service.lock:
            known_digest, job = self.service.named.get(name, (None, None))
            if job and known_digest != digest:
                raise Problem(409, "This key was used with another body.", "Idempotency-Key")
            job = job or queue.submit(body, len(self.body), self.key, priority)
            if job is None:
                raise Problem(429, "the queue is full", Retry_After="1")
            if name[1]:
                self.service.named[name] = digest, job
        queue.wait(job, wait)
        if job.is_over():
            self.send(200, queue.resource(job))
        else:
            self.send(202, queue.resource(job), Location=f"/v1/jobs/{job.id}")

    @route("POST", "/v1/run", changes=True)
    def run(self):
        run, queue = self.read_run(), self.service.queue
        job = queue.submit({**run, "tests": [{"name": "run", "stdin": run.get("stdin", "")}]}, len(self.body), self.key, 0)
        if job is None:
            raise Problem(429, "The queue is full.", Retry_After="1")
        queue.wait(job, None)
        self.send(200, answer_of(job.report))

    def read_run(self):
        run = self.read_json()
        if not isinstance(run, dict) or ("argv" in run) == ("language" in run):
            raise Problem(400, '"argv" or "language"')
        for name in ["files"] if "language" in run else []:
            if not run.get(name):
                raise Problem(400, f'"{name}" is missing', name)
        return run

    @route("GET", "/v1/jobs/([^/]+)")
    def get_job(self, name):
        job = self.find_job(name)
        self.service.queue.wait(job, self.number("wait", 60))
        self.send(200, self.service.queue.resource(job))

    @route("DELETE", "/v1/jobs/([^/]+)")
    def cancel(self, name):
        job, queue = self.find_job(name), self.service.queue
        if job.state in ("done", "failed"):
            raise Problem(409, "The job is over.")
        queue.cancel(job)
        self.send(200, queue.resource(job))

    @route("GET", "/v1/jobs/([^/]+)/events")
    def follow(self, name):
        job, queue = self.find_job(name), self.service.queue
        last = re.fullmatch("([0-9a-f]{8})-([0-9a-f]{16})", self.headers.get("Last-Event-ID", ""))
        offset = int(last[2], 16) if last and int(last[1], 16) == job.attempt else 0
        state, told = None, False
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        if self.command == "HEAD":
            return
        while True:
            with queue.changed:
                def is_new(offset=offset, state=state):
                    return len(job.events) > offset or self.visible(job) != state
                told = queue.changed.wait_for(is_new, KEEPALIVE_S)
                lines, now = job.events[offset:].splitlines(), self.visible(job)
                resource = queue.resource(job, with_report=False)
            text = "" if told else ": still there\n\n"
            is_end = job.is_over() and now[0] == job.state
            if now != state and not is_end:
                text += f"event: state\ndata: {json.dumps(resource)}\n\n"
            for line in lines:
                offset += len(line) + 1
                event = json.loads(line)["event"]
                text += f"event: {event}\nid: {job.attempt:08x}-{offset:016x}\ndata: {line.decode()}\n\n"
            if is_end:
                text += f"event: state\ndata: {json.dumps(resource)}\n\n"
            state = now
            self.wfile.write(text.encode())
            if is_end:
                return

    def visible(self, job):
        """What of a job an event tells of when it changes."""
        return job.state, self.service.queue.position(job)

    # -- files --

    @route("HEAD", "/v1/files/([^/]+)")
    def find_file(self, name):
        known = self.service.files.get(self.file_name(name))
        if known is None:
            self.send(404)
        else:
            self.send(200, **{"Content-Length": str(len(known))})

    @route("PUT", "/v1/files/([^/]+)", changes=True)
    def store_file(self, name):
        known = self.file_name(name) in self.service.files
        if hashlib.sha256(self.body).hexdigest() != name:
            raise Problem(422, "The content has another SHA-256.")
        self.service.files[name] = self.body
        self.send(200 if known else 201, {"sha256": name, "bytes": len(self.body)})

    def file_name(self, name):
        if not re.fullmatch("[0-9a-f]{64}", name):
            raise Problem(400, "not a SHA-256 in lower-case hex digits")
        return name

    # -- the service --

    @route("GET", "/v1/languages", needs_key=False)
    def languages(self):
        self.send(200, [{"name": name, "title": title, "extensions": extensions, "packages": [name],
                         "installed": version is not None, "version": version}
                        for name, title, extensions, version in LANGUAGES])

    @route("GET", "/v1/health", needs_key=False)
    def health(self):
        self.send(200, {"status": "ok"})

    @route("GET", "/v1/ready", needs_key=False, changes=True)
    def ready(self):
        self.send(200, {"status": "ready"})

    @route("GET", "/v1/version", needs_key=False)
    def version(self):
        self.send(200, {"schema": "sbx.serve.version/1", "version": "0.0.0-mock",
                        "key_required": bool(self.service.keys)})

    @route("GET", "/v1/stats")
    def stats(self):
        self.send(200, self.service.queue.stats(list(self.service.keys) or [None]))

    @route("GET", "/metrics")
    def metrics(self):
        self.send(200, f"sbx_queue_jobs {len(self.service.queue.waiting)}\n".encode(), "text/plain; version=0.0.4")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("page")
    parser.add_argument("--slots", type=int, default=2)
    parser.add_argument("--queue", type=int, default=100)
    parser.add_argument("--key", action="append", default=[])
    parser.add_argument("--draining", action="store_true")
    Handler.service = Service(parser.parse_args())
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
