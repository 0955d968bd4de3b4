#!/usr/bin/env python3
"""http.py SERVER [PATTERN]: what clients see of the HTTP layer, honest ones and others, over raw sockets.

SERVER is build/serve/server-*. Each test has a service of its own, with deadlines that are short where it is about them;
when it ends, each request that was admitted must be done, each stream closed, and nothing said on standard error, where
the sanitizers speak. Prints TAP. Called by tests/check. Bounds on times are one-sided: a machine may be slow.
"""
import contextlib
import json
import os
import re
import resource
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

PATIENCE = 60  # seconds, for what must come
TESTS = []


def test(*options):
    """Registers a test, which is given a Service that was started with these options."""

    def register(function):
        TESTS.append((function, options))
        return function

    return register


class Service:
    def __init__(self, program, options, address="127.0.0.1:0"):
        self.log = tempfile.TemporaryFile()
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [program, address, *options], stdout=subprocess.PIPE, stderr=self.errors, text=True,
            preexec_fn=lambda: os.dup2(self.log.fileno(), 3), pass_fds=[3])
        line = self.process.stdout.readline().split()
        assert line and line[0] == "listening", self.said()
        self.port = int(line[1])

    def said(self):
        self.errors.seek(0)
        return self.errors.read().decode(errors="replace")

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def memory_kb(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))

    def stop(self):
        """Ends it, and returns admitted, done, opened, closed."""
        self.process.send_signal(signal.SIGTERM)
        out, _ = self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode == 0, f"status {self.process.returncode}\n{self.said()}"
        assert self.said() == "", self.said()
        return [int(n) for n in out.split()]

    def lines(self):
        self.log.seek(0)
        return [json.loads(line) for line in self.log.read().decode().splitlines()]

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def problem(self):
        assert self.headers["content-type"] == "application/problem+json", self.headers
        problem = json.loads(self.body)
        assert problem["status"] == self.status and problem["type"] == "about:blank", problem
        assert problem["title"] and problem["detail"], problem
        return problem


class Reader:
    """Reads answers from a socket, one after the other."""

    def __init__(self, sock):
        self.sock, self.buf = sock, b""

    def more(self):
        data = self.sock.recv(65536)
        self.buf += data
        return bool(data)

    def until(self, mark):
        while mark not in self.buf:
            if not self.more():
                raise EOFError(self.buf)
        head, self.buf = self.buf.split(mark, 1)
        return head

    def exactly(self, n):
        while len(self.buf) < n:
            if not self.more():
                raise EOFError(self.buf)
        data, self.buf = self.buf[:n], self.buf[n:]
        return data

    def chunk(self):
        n = int(self.until(b"\r\n"), 16)
        data = self.exactly(n)
        self.exactly(2)
        return data

    def answer(self, head=False):
        lines = self.until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        status = int(re.fullmatch(r"HTTP/1\.1 (\d{3}) .*", lines[0]).group(1))
        headers = {}
        for line in lines[1:]:
            name, value = line.split(": ", 1)
            assert name.lower() not in headers, f"twice: {name}"
            headers[name.lower()] = value
        body = b""
        if headers.get("transfer-encoding") == "chunked":
            while part := self.chunk():
                body += part
        elif not head and "content-length" in headers:
            body = self.exactly(int(headers["content-length"]))
        return Answer(status, headers, body)

    def at_end(self):
        """Whether the other side closes, and says nothing before it does. A reset raises."""
        return not self.buf and not self.more()


def request(line, *headers, body=b"", host=True):
    lines = [line + " HTTP/1.1"] + (["Host: test"] if host else []) + list(headers)
    return "\r\n".join(lines + ["", ""]).encode("latin-1") + body


def ask(service, *args, head=False, **more):
    """One request on a connection of its own."""
    with service.connect() as sock:
        sock.sendall(request(*args, **more))
        return Reader(sock).answer(head=head)


def post(service, path, body, *headers):
    return ask(service, f"POST {path}", f"Content-Length: {len(body)}", *headers, body=body)


def raw(service, data):
    """What comes back until the end for these bytes: the answers' statuses, or None for a reset."""
    statuses = []
    with service.connect() as sock:
        try:
            sock.sendall(data)
            reader = Reader(sock)
            with contextlib.suppress(EOFError):
                while True:
                    statuses.append(reader.answer().status)
        except (ConnectionResetError, BrokenPipeError):
            statuses.append(None)
    return statuses


def alive(service):
    assert ask(service, "GET /ping").body == b"pong"


def equal(got, wanted):
    assert got == wanted, f"got {got!r}, wanted {wanted!r}"


def counts(service):
    return [int(n) for n in ask(service, "GET /counts").body.split()]


def eventually(what, wanted=True):
    end = time.monotonic() + PATIENCE
    while (got := what()) != wanted:
        assert time.monotonic() < end, f"still {got!r}, wanted {wanted!r}"
        time.sleep(0.02)


# Routes.


@test()
def routes_and_their_answers(service):
    answer = ask(service, "GET /ping")
    equal((answer.status, answer.body), (200, b"pong"))
    equal(answer.headers["x-content-type-options"], "nosniff")
    equal(answer.headers["cache-control"], "no-store")
    assert "server" not in answer.headers, answer.headers
    equal(ask(service, "GET /items/one").body, b"GET|one|-|-")
    equal(ask(service, "GET /items/one/parts").body, b"GET|one|-|-")
    equal(ask(service, "PUT /items/two", "Content-Length: 2", body=b"ab").body, b"PUT|two|-|-")
    equal(ask(service, "GET /items/a%20b%c3%bc?after=1%2b2+3").body, "GET|a bü|1+2 3|-".encode())
    equal(ask(service, "GET /items/1", "Authorization: bearer k-1.2_~+/==").body, b"GET|1|-|k-1.2_~+/==")
    equal(ask(service, "GET /items/1", "Authorization: Basic abc").body, b"GET|1|-|-")


@test()
def unknown_path_and_method(service):
    for path in ("/", "/pin", "/pingg", "/ping/", "/items", "/items/", "/items//parts", "/items/1/part", "//ping",
                 "/items/" + "x" * 129):
        answer = ask(service, f"GET {path}")
        equal((path, answer.status), (path, 404))
        answer.problem()
    for method in ("DELETE", "PATCH", "BREW", "get"):
        answer = ask(service, f"{method} /ping")
        equal((answer.status, answer.headers["allow"]), (405, "GET, HEAD, POST"))
        answer.problem()
    equal(ask(service, "POST /header", "Content-Length: 0").headers["allow"], "GET, HEAD")
    equal(ask(service, "BREW /nowhere").status, 404)


@test()
def head_is_get_without_a_body(service):
    with service.connect() as sock:
        reader = Reader(sock)
        for path, status in (("/ping", 200), ("/nowhere", 404), ("/bytes?n=100000", 200)):
            sock.sendall(request(f"HEAD {path}") + request("GET /ping"))
            answer = reader.answer(head=True)
            equal(answer.status, status)
            assert int(answer.headers["content-length"]) > 0
            equal(reader.answer().body, b"pong")
    equal(ask(service, "HEAD /early", head=True).headers["allow"], "POST")


@test()
def options_and_origins(service):
    answer = ask(service, "OPTIONS /items/1", "Origin: http://a", "Access-Control-Request-Method: PUT")
    equal((answer.status, answer.headers["access-control-allow-origin"]), (204, "*"))
    equal(answer.headers["access-control-allow-methods"], "GET, HEAD, PUT, OPTIONS")
    assert "Authorization" in answer.headers["access-control-allow-headers"]
    equal(ask(service, "GET /items/1").headers["access-control-allow-origin"], "*")
    equal(ask(service, "GET /items/1?no=1").headers["access-control-allow-origin"], "*")
    answer = ask(service, "OPTIONS /ping")
    equal((answer.status, answer.headers["allow"]), (405, "GET, HEAD, POST"))
    assert "access-control-allow-origin" not in answer.headers
    assert "access-control-allow-origin" not in ask(service, "GET /ping").headers


@test()
def parameters_are_strict(service):
    answer = ask(service, "GET /items/1?after=1&fter=2")
    equal((answer.status, answer.problem()["field"]), (400, "fter"))
    equal(ask(service, "GET /ping?x").problem()["field"], "x")
    equal(ask(service, "GET /ping?%22%3cb%3e").problem()["field"], '"<b>')
    for query in ("", "after", "before&after="):
        equal(ask(service, f"GET /items/1?{query}" if query else "GET /items/1").status, 200)
    many = "&".join(f"p{i}=1" for i in range(17))
    for query in ("after=1&after=2", "=1", "after=1&", "&after=1", "after=%", "after=%4", "after=%zz", "after=%00",
                  "after=%ff", "after=%0a", many):
        equal((query, ask(service, f"GET /items/1?{query}").status), (query, 400))


@test()
def paths_are_strict(service):
    for path in ("/items/..", "/items/.", "/items/../ping", "/items/%2e%2e", "/items/%2E./parts", "/items/a%2fb",
                 "/items/a%2Fparts", "/items/%00", "/items/a%00b", "/items/%ff", "/items/%c0%af", "/items/%ed%a0%80",
                 "/items/\xff", "/items/%", "/items/%1", "/items/%g1", "/items/%0d%0aX:1", "/items/%7f", "/items/a#b",
                 "ping", "*", "http://test/ping"):
        answer = ask(service, f"GET {path}")
        equal((path, answer.status), (path, 400))
        answer.problem()
    equal(ask(service, "GET /items/%252e%252e").body, b"GET|%2e%2e|-|-")
    equal(ask(service, "GET /items/...").body, b"GET|...|-|-")
    equal(raw(service, b"GET /ping\0/x HTTP/1.1\r\nHost: a\r\n\r\n")[:1], [400])
    equal(ask(service, "GET /items/" + "x" * 4200).status, 414)
    equal(raw(service, request("GET /" + "x" * 100000))[0], 414)
    alive(service)


@test()
def many_parameters(service):
    """More than the library has memory for."""
    for n in (17, 100, 1000, 2000, 4000):
        for query in ("&".join("a" for _ in range(n)), "&".join("a=" for _ in range(n))):
            got = raw(service, request("GET /ping?" + query, "Connection: close"))
            equal((n, got), (n, [400 if len(query) < 4000 else 414]))
    alive(service)


# Bodies.


@test()
def bodies_come_back(service):
    for size in (0, 1, 1000, 16384, 16385, 300000, 1 << 20):
        body = os.urandom(size)
        equal(post(service, "/echo", body).body, body)
    equal(post(service, "/echo", b"x" * (1 << 20) + b"y").status, 413)
    equal(ask(service, "GET /ping", "Content-Length: 3", body=b"abc").status, 413)


@test()
def chunked_bodies(service):
    def chunked(parts, tail=b"0\r\n\r\n"):
        return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + tail

    parts = [os.urandom(n) for n in (1, 10, 5000, 70000, 3)]
    answer = ask(service, "POST /echo", "Transfer-Encoding: chunked", body=chunked(parts))
    equal(answer.body, b"".join(parts))
    answer = ask(service, "POST /echo", "Transfer-Encoding: chunked", body=chunked([b"ab"], b"0\r\nTrailer: x\r\n\r\n"))
    equal(answer.body, b"ab")
    equal(ask(service, "POST /echo", "Transfer-Encoding: chunked", body=chunked([])).body, b"")
    for tail in (b"xyz\r\n", b"-1\r\n", b"5\r\nabc\r\n0\r\n\r\n", b"fffffffffffffffff\r\n", b"\r\n"):
        got = raw(service, request("POST /echo", "Transfer-Encoding: chunked", body=chunked([b"ab"], tail) + b"\r\n\r\n"))
        assert got in ([400], [413]), (tail, got)
    alive(service)


@test()
def chunked_and_too_long(service):
    """Refused when it passes the limit, with a connection that is read on: no reset."""
    for _ in range(5):
        with service.connect() as sock:
            sock.sendall(request("POST /echo", "Transfer-Encoding: chunked"))
            for _ in range(3000):
                sock.sendall(b"400\r\n" + b"x" * 1024 + b"\r\n")
            sock.sendall(b"0\r\n\r\n")
            reader = Reader(sock)
            answer = reader.answer()
            equal((answer.status, answer.headers["connection"]), (413, "close"))
            answer.problem()
            assert reader.at_end()


@test("idle=1", "header=500")
def truncated_requests(service):
    for data in (request("POST /echo", "Content-Length: 10", body=b"abc"),
                 request("POST /echo", "Transfer-Encoding: chunked", body=b"5\r\nab"),
                 b"GET /pi", b"GET /ping HTTP/1.1\r\nHost: a\r\n", b"\r\n"):
        with service.connect() as sock:
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)
            assert Reader(sock).at_end()
    eventually(lambda: counts(service)[:2], [2, 2])


@test()
def a_client_that_has_no_more_to_say(service):
    """As `nc -N` does: its sending half is closed behind the request, and it reads the answer, however late."""
    for pause in (0, 0.1):
        for data, body in ((request("GET /ping"), b"pong"), (request("POST /echo", "Content-Length: 3", body=b"abc"), b"abc"),
                           (request("GET /later?ms=300"), b"late"), (request("POST /later?ms=300", "Content-Length: 1", body=b"x"), b"late"),
                           (request("GET /stream?last=2&ms=200"), b"id: 1\ndata: 10\n\nid: 2\ndata: 20\n\n"),
                           (request("GET /bytes?n=1000000"), b"b" * 1000000)):
            with service.connect() as sock:
                sock.sendall(data)
                time.sleep(pause)
                sock.shutdown(socket.SHUT_WR)
                reader = Reader(sock)
                equal(reader.answer().body, body)
                assert reader.at_end()


@test()
def contents_and_their_coding(service):
    for coding in ("gzip", "deflate", "br", "x, identity"):
        answer = post(service, "/echo", b"abc", f"Content-Encoding: {coding}")
        equal((answer.status, answer.problem()["field"]), (415, "Content-Encoding"))
    equal(post(service, "/echo", b"abc", "Content-Encoding: Identity").body, b"abc")


@test()
def the_end_of_a_request_is_certain(service):
    """What a proxy before the service could read in another way is refused, and the connection closed."""
    length = "Content-Length: 3"
    for headers, status in (((length, "Transfer-Encoding: chunked"), 400),
                            ((length, "Content-Length: 4"), 400),
                            ((length, length), 400),
                            (("Content-Length : 3",), 400),
                            (("Content-Length: +3",), 400),
                            (("Content-Length: 3, 3",), 400),
                            (("Content-Length: 0x3",), 400),
                            (("Content-Length: -3",), 400),
                            (("Content-Length: 99999999999999999999",), 413),
                            (("Transfer-Encoding: gzip, chunked",), 501),
                            (("Transfer-Encoding: x",), 501),
                            (("X: a\x01b",), 400),
                            (("X: a\rb",), 400),
                            (("Host: another",), 400)):
        got = raw(service, request("POST /echo", *headers, body=b"abc"))
        equal((headers, got), (headers, [status]))
    equal(raw(service, request("GET /ping", host=False)), [400])
    alive(service)


@test("idle=1", "header=500")
def garbage(service):
    for data in (b"\0" * 1000, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"a" * 500, b"GET\r\n\r\n",
                 b"GET /ping\r\n\r\n", b"GET /ping HTTP/9.9\r\n\r\n", b"GET /ping HTTP/0.9\r\n\r\n",
                 b"GET  /ping  HTTP/1.1\r\n\r\n", b"A" * 100000, b"GET /ping HTTP/1.1\r\n" + b"B" * 100000,
                 b"GET /ping HTTP/1.1\r\nno colon\r\n\r\n", b": :\r\n\r\n", b"GET /ping HTTP/1.1\r\n" + b"a:b\r\n" * 10000):
        with contextlib.suppress(EOFError):
            got = raw(service, data + b"\r\n\r\n")
            assert got in ([], [None]) or got[0] in (400, 414, 431, 505), (data[:40], got)
            got = raw(service, request("GET /ping") + data + b"\r\n\r\n")
            assert got[0] in (200, None) and got[1:] in ([], [None], [400], [414], [431], [505]), (data[:40], got)
    alive(service)


@test()
def requests_in_a_row(service):
    with service.connect() as sock:
        sock.sendall(request("GET /ping") * 50 + request("POST /echo", "Content-Length: 3", body=b"abc") +
                     request("POST /refuse", "Content-Length: 3", body=b"abc") + request("GET /ping"))
        reader = Reader(sock)
        for _ in range(50):
            equal(reader.answer().body, b"pong")
        equal(reader.answer().body, b"abc")
        equal(reader.answer().status, 429)
        equal(reader.answer().body, b"pong")
    equal(raw(service, request("GET /ping", "Connection: close") + request("GET /ping")), [200])
    with service.connect() as sock:
        sock.sendall(b"GET /ping HTTP/1.0\r\n\r\n")
        reader = Reader(sock)
        equal(reader.answer().body, b"pong")
        assert reader.at_end()


@test()
def no_header_can_be_injected(service):
    answer = ask(service, "GET /header", "X-Say: h\xe9llo\tthere")
    equal(answer.headers["x-said"], "h\xe9llo\tthere")
    equal(ask(service, "GET /header", "X-Say: " + "x" * 200).problem()["field"], "X-Say")
    answer = ask(service, "GET /items/%0d%0aSet-Cookie:%20a")
    equal(answer.status, 400)
    assert "set-cookie" not in answer.headers


# Early answers.


@test()
def refusals_reach_those_who_send_on(service):
    """200 clients at once that send all of 1 MB before they look for an answer.

    With little room in their kernel, so that they still send when the answer is on its way."""
    data = request("POST /refuse", "Content-Length: 1000000", body=b"x" * 1000000)
    statuses = []
    start = threading.Barrier(200)

    def client():
        start.wait()
        try:
            with socket.socket() as sock:
                sock.settimeout(PATIENCE)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16384)
                sock.connect(("127.0.0.1", service.port))
                sock.sendall(data)
                statuses.append(Reader(sock).answer().status)
        except (OSError, EOFError) as error:
            statuses.append(repr(error))

    threads = [threading.Thread(target=client) for _ in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal({status: statuses.count(status) for status in set(statuses)}, {429: 200})


@test()
def short_bodies_are_read_first(service):
    with service.connect() as sock:
        reader = Reader(sock)
        for size in (1, 1000, 65536):
            sock.sendall(request("POST /refuse", f"Content-Length: {size}", body=b"x" * size))
            answer = reader.answer()
            equal((answer.status, answer.headers["retry-after"]), (429, "3"))
            assert "connection" not in answer.headers
        sock.sendall(request("POST /refuse", "Content-Length: 65537"))
        answer = reader.answer()
        equal((answer.status, answer.headers["connection"]), (429, "close"))
        assert reader.at_end()


@test()
def too_long_is_told_at_once(service):
    """Nothing of the body is sent, and yet there is an answer."""
    for size in (1 << 20 | 1, 10**15):
        answer = ask(service, "POST /echo", f"Content-Length: {size}")
        equal((answer.status, answer.headers["connection"]), (413, "close"))


@test()
def who_asks_before_sending(service):
    for path, headers, status in (("/refuse", ["Content-Length: 5"], 429), ("/nowhere", ["Content-Length: 5"], 404),
                                  ("/refuse", ["Transfer-Encoding: chunked"], 429)):
        answer = ask(service, f"POST {path}", "Expect: 100-continue", *headers)
        equal(answer.status, status)
    with service.connect() as sock:
        reader = Reader(sock)
        sock.sendall(request("POST /echo", "Expect: 100-continue", "Content-Length: 5"))
        equal(reader.until(b"\r\n\r\n"), b"HTTP/1.1 100 Continue")
        sock.sendall(b"hello")
        equal(reader.answer().body, b"hello")


@test()
def routes_that_answer_early(service):
    equal(ask(service, "POST /early", "Content-Length: 1000000").body, b"pong")
    with service.connect() as sock:
        reader = Reader(sock)
        for _ in range(2):
            sock.sendall(request("POST /early", "Content-Length: 5", body=b"hello"))
            equal(reader.answer().body, b"pong")
    answer = ask(service, "POST /early-late?ms=600000", "Content-Length: 5", body=b"hello")
    equal(answer.status, 500)


@test("linger=300")
def those_who_never_stop_sending_are_left(service):
    with service.connect() as sock:
        sock.sendall(request("POST /refuse", "Content-Length: 3000000"))
        equal(Reader(sock).answer().status, 429)
        try:
            end = time.monotonic() + PATIENCE
            while time.monotonic() < end:
                sock.sendall(b"x")
                time.sleep(0.01)
            raise AssertionError("it still listens")
        except (ConnectionResetError, BrokenPipeError):
            pass


# Slow clients.


def until_cut(sock, drop):
    """Sends it again and again, until the other side does not listen any more."""
    end = time.monotonic() + PATIENCE
    sock.settimeout(0.05)
    with contextlib.suppress(ConnectionResetError, BrokenPipeError):
        while time.monotonic() < end:
            sock.sendall(drop)
            with contextlib.suppress(TimeoutError):
                if not sock.recv(1):
                    return
        raise AssertionError("it is still listened to")


@test("header=600", "idle=1")
def a_header_now_and_then(service):
    """On a connection that is new, and on one that has been of use."""
    for used in (False, True):
        start = time.monotonic()
        with service.connect() as sock:
            if used:
                sock.sendall(request("GET /ping"))
                equal(Reader(sock).answer().body, b"pong")
            sock.sendall(b"GET /ping HTTP/1.1\r\nHost: a\r\n")
            until_cut(sock, b"X: y\r\n")
        assert time.monotonic() - start >= 0.55
    alive(service)


@test("grace=500", "body_rate=1000")
def a_byte_of_the_body_now_and_then(service):
    for path in ("/echo", "/refuse"):
        start = time.monotonic()
        with service.connect() as sock:
            sock.sendall(request(f"POST {path}", "Content-Length: 60000"))
            until_cut(sock, b"x")
        assert time.monotonic() - start >= 0.45
    eventually(lambda: counts(service)[:2], [2, 2])


@test("grace=500", "rate=1", "body_rate=1000000")
def a_body_slower_than_bodies_may_be(service):
    with service.connect() as sock:
        sock.sendall(request("POST /echo", "Content-Length: 1000000"))
        until_cut(sock, b"x" * 1000)
    eventually(lambda: counts(service)[:2], [1, 1])


@test("grace=2000", "body_rate=1000")
def a_body_that_is_slow_but_steady(service):
    """Longer under way than the grace, and faster than the rate."""
    with service.connect() as sock:
        sock.sendall(request("POST /echo", "Content-Length: 50000"))
        for _ in range(50):
            sock.sendall(b"x" * 1000)
            time.sleep(0.05)
        equal(len(Reader(sock).answer().body), 50000)


@test("grace=500", "rate=100000000")
def an_answer_that_is_read_now_and_then(service):
    """With a small window, so that the kernel cannot take it all."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.connect(("127.0.0.1", service.port))
    with sock:
        sock.sendall(request("GET /bytes?n=50000000"))
        eventually(lambda: counts(service)[1], 1)


@test("idle=1", "header=300")
def connections_that_rest_are_closed(service):
    with service.connect() as silent, service.connect() as used:
        used.sendall(request("GET /ping"))
        reader = Reader(used)
        equal(reader.answer().body, b"pong")
        assert reader.at_end()
        assert Reader(silent).at_end()


@test("address=5")
def connections_of_one_address(service):
    with contextlib.ExitStack() as stack:
        socks = [stack.enter_context(service.connect()) for _ in range(5)]
        for sock in socks:
            sock.sendall(request("GET /ping"))
            equal(Reader(sock).answer().body, b"pong")
        got = raw(service, request("GET /ping"))
        assert got in ([], [None]), got
    eventually(lambda: raw(service, request("GET /ping", "Connection: close")), [200])


@test("connections=10")
def more_connections_than_there_may_be_wait(service):
    with contextlib.ExitStack() as stack:
        socks = [stack.enter_context(service.connect()) for _ in range(10)]
        for sock in socks:
            sock.sendall(request("GET /ping"))
        more = [stack.enter_context(service.connect()) for _ in range(10)]
        for sock in more:
            sock.sendall(request("GET /ping"))
        for sock in socks:
            sock.settimeout(1)
        for _ in range(10):
            # whoever was let in is answered, and leaves
            for sock in list(socks):
                with contextlib.suppress(TimeoutError):
                    equal(Reader(sock).answer().body, b"pong")
                    sock.close()
                    socks.remove(sock)
            if not socks:
                break
        for sock in more:
            equal(Reader(sock).answer().body, b"pong")
            sock.close()


@test()
def a_thousand_that_rest(service):
    with contextlib.ExitStack() as stack:
        socks = [stack.enter_context(service.connect()) for _ in range(1000)]
        for sock in socks:
            sock.sendall(request("GET /ping"))
        for sock in socks:
            equal(Reader(sock).answer().body, b"pong")
        alive(service)
        print(f"# 1,000 connections: {service.memory_kb()} KiB resident")
        equal(post(service, "/echo", b"abc").body, b"abc")


# Answers that come later.


@test()
def answers_that_come_later(service):
    """400 that wait at the same time, longer and shorter, on connections that are used again."""
    with contextlib.ExitStack() as stack:
        socks = [stack.enter_context(service.connect()) for _ in range(400)]
        for round_ in range(2):
            for i, sock in enumerate(socks):
                sock.sendall(request(f"POST /later?ms={i % 7 * 30}", "Content-Length: 2", body=b"ab"))
            for sock in socks:
                equal(Reader(sock).answer().body, b"late")
    # a request is done after its client has the answer
    eventually(lambda: counts(service)[:3], [800, 800, 800])


@test()
def answers_that_are_faster_than_their_handler(service):
    with service.connect() as sock:
        reader = Reader(sock)
        for _ in range(300):
            sock.sendall(request("GET /later?ms=0"))
            equal(reader.answer().body, b"late")


@test()
def clients_that_go_while_they_wait(service):
    for i in range(100):
        with service.connect() as sock:
            sock.sendall(request(f"GET /later?ms={100 + i}"))
            if i % 2:
                eventually(lambda: counts(service)[0] > i)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    eventually(lambda: counts(service)[:3], [100, 100, 100])


@test()
def clients_that_are_seen_to_go(service):
    """While they wait, though nothing is answered: closed, reset, or with their sending half closed. Others wait on."""
    with contextlib.ExitStack() as stack:
        stay, *go = [stack.enter_context(service.connect()) for _ in range(4)]
        for sock in (stay, *go):
            sock.sendall(request("POST /until-left", "Content-Length: 3", body=b"abc"))
        # what it sends ahead is no sign of its going
        stay.sendall(b"GET /pi")
        eventually(lambda: counts(service)[0], 4)
        go[0].shutdown(socket.SHUT_WR)
        eventually(lambda: counts(service)[2], 1)
        go[1].close()
        eventually(lambda: counts(service)[2], 2)
        go[2].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        go[2].close()
        eventually(lambda: counts(service)[2], 3)
        time.sleep(0.1)
        equal(counts(service)[2], 3)
    eventually(lambda: counts(service)[:3], [4, 4, 4])


@test()
def stopping_answers_those_who_wait(service):
    with contextlib.ExitStack() as stack:
        socks = [stack.enter_context(service.connect()) for _ in range(50)]
        for sock in socks:
            sock.sendall(request("GET /later?ms=1000000"))
        events = stack.enter_context(service.connect())
        events.sendall(request("GET /stream?ms=1000000"))
        eventually(lambda: counts(service)[0], 51)
        equal(service.stop(), [51, 51, 1, 1])
        for sock in socks:
            equal(Reader(sock).answer().status, 503)
        equal(Reader(events).answer().body, b"")


# Streams.


@test()
def events_come_and_go_on(service):
    answer = ask(service, "GET /stream?last=5")
    equal(answer.headers["content-type"], "text/event-stream")
    equal(answer.headers["cache-control"], "no-store")
    equal(answer.body, b"".join(b"id: %d\ndata: %d\n\n" % (i, i * 10) for i in range(1, 6)))
    answer = ask(service, "GET /stream?last=5", "Last-Event-ID: 4")
    equal(answer.body, b"id: 5\ndata: 50\n\n")
    equal(ask(service, "GET /stream?last=5", "Last-Event-ID: 5").body, b"")
    ask(service, "HEAD /stream", head=True)
    with service.connect() as sock:
        reader = Reader(sock)
        for _ in range(3):
            sock.sendall(request("GET /stream?last=2") + request("GET /ping"))
            assert reader.answer().body.endswith(b"data: 20\n\n")
            equal(reader.answer().body, b"pong")
    with service.connect() as sock:
        sock.sendall(b"GET /stream?last=2 HTTP/1.0\r\n\r\n")
        reader = Reader(sock)
        head = reader.until(b"\r\n\r\n")
        assert b"chunked" not in head
        while reader.more():
            pass
        assert reader.buf.endswith(b"data: 20\n\n")


@test()
def no_wake_is_lost(service):
    for _ in range(20):
        equal(ask(service, "GET /woken").body, b"woken")


@test()
def many_streams_at_once(service):
    with contextlib.ExitStack() as stack:
        readers = []
        for _ in range(200):
            sock = stack.enter_context(service.connect())
            sock.sendall(request("GET /stream?last=20&ms=20"))
            readers.append(Reader(sock))
        alive(service)
        for reader in readers:
            equal(reader.answer().body.count(b"data:"), 20)


@test()
def events_come_when_they_happen(service):
    """Not when the stream ends: it does not end here."""
    with service.connect() as sock:
        sock.sendall(request("GET /stream?last=1000000&ms=30"))
        reader = Reader(sock)
        reader.until(b"\r\n\r\n")
        for i in range(1, 6):
            equal(reader.chunk(), b"id: %d\ndata: %d\n\n" % (i, i * 10))
    eventually(lambda: counts(service)[3:], [1, 1])


@test("grace=1000", "rate=1000000")
def a_slow_reader_holds_up_nobody(service):
    """Streams without end that nobody reads: others are served, little is kept for them, and they are cut."""
    with contextlib.ExitStack() as stack:
        before = service.memory_kb()
        for _ in range(20):
            sock = stack.enter_context(service.connect())
            sock.sendall(request("GET /stream?n=1000000000000"))
        for _ in range(20):
            alive(service)
        grown = service.memory_kb() - before
        assert grown < 20 * 1024, f"{grown} KiB for 20 readers"
        eventually(lambda: counts(service)[3:], [20, 20])


@test()
def a_reader_that_goes(service):
    """What is written to a socket that is closed must not be the process's end (SIGPIPE)."""
    for path in ("/stream?n=1000000000000", "/bytes?n=50000000"):
        for _ in range(10):
            with service.connect() as sock:
                sock.sendall(request(f"GET {path}"))
                sock.recv(1000)
    eventually(lambda: counts(service)[:2], [20, 20])
    alive(service)


# The log, and the sockets.


@test()
def a_line_for_each_request(service):
    ask(service, "GET /ping")
    ask(service, "GET /items/1%22%0a%ff?after=secret")
    ask(service, "HEAD /ping", head=True)
    ask(service, "GET /stream?last=2")
    raw(service, request("GET /ping", "X: " + "x" * 100000))
    post(service, "/refuse", b"x" * 100000)
    service.stop()
    lines = service.lines()
    # each comes when its request is over, for which the client does not wait
    equal(sorted((line["method"], line["path"], line["status"]) for line in lines),
          [("", "/ping", 431), ("GET", "/items/1%22%0a%ff", 400), ("GET", "/ping", 200), ("GET", "/stream", 200),
           ("HEAD", "/ping", 200), ("POST", "/refuse", 429)])
    sizes = {(line["method"], line["path"]): line["bytes"] for line in lines}
    equal((sizes["GET", "/ping"], sizes["HEAD", "/ping"], sizes["GET", "/stream"]), (4, 0, 32))
    for line in lines:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"]), line
        equal(line["peer"], "127.0.0.1")
        assert isinstance(line["us"], int)


def on_a_unix_socket(program):
    """Its mode, one that was left behind, one that is in use, a file that is none; refusals there, too."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "socket")
        service = Service(program, [], f"unix:{path}")
        service.connect = lambda: connect_unix(path)
        equal(os.stat(path).st_mode & 0o777, 0o600)
        alive(service)
        for _ in range(20):
            equal(post(service, "/refuse", b"x" * 1000000).status, 429)
        second = subprocess.run([program, f"unix:{path}"], capture_output=True, timeout=PATIENCE)
        assert second.returncode == 1 and b"another service" in second.stderr, second
        equal(post(service, "/echo", b"abc").body, b"abc")
        service.kill()
        assert os.path.exists(path)
        service = Service(program, [], f"unix:{path}")
        service.connect = lambda: connect_unix(path)
        alive(service)
        service.stop()
        equal({line["peer"] for line in service.lines()}, {"unix"})
        plain = os.path.join(folder, "plain")
        with open(plain, "w"):
            pass
        third = subprocess.run([program, f"unix:{plain}"], capture_output=True, timeout=PATIENCE)
        assert third.returncode == 1 and b"is no socket" in third.stderr and os.path.exists(plain), third


def on_ipv6(program):
    service = Service(program, [], "[::1]:0")
    service.connect = lambda: socket.create_connection(("::1", service.port), timeout=PATIENCE)
    try:
        alive(service)
        service.stop()
        equal(service.lines()[0]["peer"], "::1")
    finally:
        service.kill()


def connect_unix(path):
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(PATIENCE)
    sock.connect(path)
    return sock


def in_service(function, options, program):
    service = Service(program, options)
    try:
        function(service)
        if service.process.poll() is None:
            admitted, done, opened, closed = service.stop()
            assert admitted == done and opened == closed, f"{admitted} admitted, {done} done; {opened} opened, {closed} closed"
    finally:
        service.kill()
        if sys.exc_info()[0]:
            print("# " + service.said().replace("\n", "\n# "))


def main():
    program, pattern = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))
    wholes = [(on_a_unix_socket, lambda: on_a_unix_socket(program)), (on_ipv6, lambda: on_ipv6(program))]
    cases = [(f, lambda f=f, o=o: in_service(f, o, program)) for f, o in TESTS] + wholes
    cases = [case for case in cases if re.search(pattern, case[0].__name__)]
    failed = False
    print(f"1..{len(cases)}")
    for number, (function, run) in enumerate(cases, 1):
        name = function.__name__.replace("_", " ")
        start = time.monotonic()
        try:
            run()
            print(f"ok {number} - {name} # {time.monotonic() - start:.1f} s", flush=True)
        except Exception as error:  # whatever it is, the others have their turn
            failed = True
            print(f"not ok {number} - {name}")
            print("# " + f"{type(error).__name__}: {error}".replace("\n", "\n# "), flush=True)
    sys.exit(failed)


main()
