#!/usr/bin/env python3
"""burst.py SBX [JOBS]: so many clients (1000), each with a submission of its own, come to the service at once: in five
languages, right, wrong, crashing, endless, and not to be compiled. Each has to end with the verdict that is known of it, and
never more programs may run at once than there are slots. For that the programs tell on standard error when they began and
ended, by the clock that they have in common. As root. Closes with "N passed, N failed"."""
import sys

sys.path.pop(0)  # http.py beside this file is another one than Python's
import collections, json, os, re, resource, socket, subprocess, tempfile, threading, time, urllib.error, urllib.request

SBX = os.path.abspath(sys.argv[1])
JOBS = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
SLOTS = 2
PATIENCE = 3600  # seconds, for the last of them
LIMITS = {"time": "2s", "wall": "120s"}  # of a machine that others use too only the CPU time is known
SPUN_NS = 1_000_000_000  # for so long at least an endless one ran behind its beginning

# A number comes in, the one after it goes out; BY is 1 where that is right, HOW says what else happens.
SOURCES = {
    "c": ("a.c", r"""
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
static void tell(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t);
    fprintf(stderr, "%lld ", t.tv_sec * 1000000000LL + t.tv_nsec); }
int main(void) { int n; tell(); if (scanf("%d", &n) != 1) return 1; HOW printf("%d\n", n + BY); tell(); return 0; }
""", {"crash": "tell(); abort();", "spin": "for (;;) ;", "broken": "int n;"}),
    "cpp": ("a.cpp", r"""
#include <chrono>
#include <iostream>
#include <vector>
static void tell() { std::cerr << std::chrono::duration_cast<std::chrono::nanoseconds>(
    std::chrono::steady_clock::now().time_since_epoch()).count() << " "; }
int main() { int n; tell(); std::cin >> n; HOW std::cout << n + BY << std::endl; tell(); }
""", {"crash": "tell(); std::vector<int>().at(n);", "spin": "for (volatile int i = 0;; i++) ;", "broken": "std::string n;"}),
    "python3": ("a.py", r"""
import sys, time
def tell(): print(time.monotonic_ns(), end=" ", file=sys.stderr, flush=True)
tell()
n = int(input())
HOW
print(n + BY)
tell()
""", {"crash": "tell(); [][n]", "spin": "while True: pass", "broken": "tell(("}),
    "java": ("Main.java", r"""
class Main {
    static void tell() { System.err.print(System.nanoTime() + " "); }
    public static void main(String[] args) {
        tell(); int n = new java.util.Scanner(System.in).nextInt(); HOW System.out.println(n + BY); tell();
    }
}
""", {"crash": "tell(); if (n >= 0) throw new RuntimeException();", "spin": "while (n >= 0) ;", "broken": "int n = 1;"}),
    "javascript": ("a.js", r"""
const fs = require("fs");
const tell = () => fs.writeSync(2, process.hrtime.bigint() + " ");
tell();
const n = Number(fs.readFileSync(0, "utf8"));
HOW
console.log(n + BY);
tell();
""", {"crash": "tell(); throw n;", "spin": "for (;;) ;", "broken": "const n = 1;"}),
}
KINDS = ["right", "right", "wrong", "right", "crash", "right", "spin", "right", "wrong", "broken"]
VERDICTS = {"right": "AC", "wrong": "WA", "crash": "RE", "spin": "TLE", "broken": "CE"}
COMMENT = collections.defaultdict(lambda: "//", python3="#")


def submission(number):
    """(language, kind, the job), no two of which have the same source."""
    language = list(SOURCES)[number % len(SOURCES)]
    kind = KINDS[number // len(SOURCES) % len(KINDS)]
    name, source, how = SOURCES[language]
    source = source.replace("HOW", how.get(kind, "")).replace("BY", "2" if kind == "wrong" else "1")
    return language, kind, {
        "files": [{"name": name, "text": f"{COMMENT[language]} {number}{source}"}],
        "language": language, "limits": LIMITS, "tests": [{"stdin": f"{number}\n", "answer": f"{number + 1}\n"}]}


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def ask(method, path, body=None):
    """(status, text)"""
    request = urllib.request.Request(base + path, body, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read().decode()


def client(number):
    language, kind, job = submission(number)
    body = json.dumps(job).encode()
    start.wait()
    try:
        status, text = ask("POST", "/v1/jobs?wait=60", body)
        while status in (200, 202) and json.loads(text)["state"] in ("queued", "running"):
            status, text = ask("GET", f"/v1/jobs/{json.loads(text)['id']}?wait=60")
    except OSError as fault:
        status, text = 0, str(fault)
    job = json.loads(text) if status == 200 else {}
    report = job.get("report") or {}
    verdict = report.get("verdict")
    fault = None
    if job.get("state") != "done" or verdict != VERDICTS[kind]:
        fault = f"{number}: {language}, {kind}: {status} {verdict} {text[:1500]}"
    with lock:
        counts[language, verdict if fault is None else "fault"] += 1
        if fault is not None:
            faults.append(fault)
        for test in report.get("tests", []) if verdict != "CE" else []:
            times = [int(ns) for ns in re.findall(r"(?<!\S)\d{6,}(?= )", test.get("stderr") or "")]
            if kind == "spin":
                times.append(times[0] + SPUN_NS if times else 0)
            if len(times) == 2:
                spans.append(times)
            else:
                faults.append(f"{number}: {language}, {kind}: does not tell its times: {test.get('stderr')!r}")


def most_at_once():
    most = now = 0
    for _, change in sorted([(begin, 1) for begin, _ in spans] + [(end, -1) for _, end in spans]):
        now += change
        most = max(most, now)
    return most


def gauge(name):
    return int(re.search(rf"^sbx_{name} (\d+)$", ask("GET", "/metrics")[1], re.MULTILINE)[1])


start, lock = threading.Event(), threading.Lock()
faults, spans, counts = [], [], collections.Counter()
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
threading.stack_size(256 << 10)
with tempfile.TemporaryDirectory() as place:
    os.chmod(place, 0o755)
    with open(place + "/config", "w") as f:
        f.write(f"{{slots: {SLOTS}, running: {SLOTS}, queue: {{jobs: {JOBS}}}}}")
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with open(place + "/log", "w") as log:
        service = subprocess.Popen(
            [SBX, "serve", "--config", place + "/config", "--listen", f"127.0.0.1:{port}", "--state", place + "/state"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        while True:
            try:
                if ask("GET", "/v1/ready")[0] == 200:
                    break
            except OSError:
                assert service.poll() is None, open(place + "/log").read()
                time.sleep(0.1)
        threads = [threading.Thread(target=client, args=(number,)) for number in range(JOBS)]
        for thread in threads:
            thread.start()
        began = time.monotonic()
        start.set()
        running = 0
        while any(thread.is_alive() for thread in threads):
            running = max(running, gauge("running"))
            time.sleep(0.5)
        took = time.monotonic() - began
    finally:
        service.terminate()
        status = service.wait()
if status != 0:
    faults.append(f"the service ended with {status}")
if most_at_once() > SLOTS or running > SLOTS:
    faults.append(f"{most_at_once()} programs and {running} jobs at once, of {SLOTS} slots")
for fault in faults:
    print(fault)
for language in SOURCES:
    print(f"{language:12}", *(f"{v} {n}" for (name, v), n in sorted(counts.items(), key=str) if name == language))
print(f"{JOBS} at once: {took:.0f} s, {JOBS / took:.1f} jobs/s; programs at once, most: {most_at_once()}, of {SLOTS} slots")
print(f"{sum(n for (_, v), n in counts.items() if v != 'fault')} passed, {len(faults)} failed")
sys.exit(1 if faults else 0)
