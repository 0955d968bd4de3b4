#!/usr/bin/env python3
"""crash.py SBX KILLS JOBS: kills the service's network half, or all of it, again and again while clients submit, starts it
anew, and holds it to what it promised: each job that was accepted ends once, with the right verdict, and its answer never
changes. Idempotency keys let a client that got no answer ask again without a second run. Closes with "N passed, N failed"."""
import sys

folder = sys.path.pop(0)  # http.py beside this file is another one than Python's
sys.dont_write_bytecode = True
import http.client, json, os, random, signal, subprocess, tempfile, threading, time

sys.path.append(folder)
from local import Connection

sbx, kills, jobs = os.path.abspath(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
random.seed(1)
place = tempfile.TemporaryDirectory()
os.chmod(place.name, 0o755)
state = os.path.join(place.name, "state")
address = os.path.join(place.name, "socket")
log = open(os.path.join(place.name, "log"), "ab")
wrong, ended, starts = [], {}, 0
lock = threading.Lock()


def ask(method, path, body=None, headers={}):
    """(status, object), or None where no answer came."""
    try:
        connection = Connection(address, 20)
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read() or b"null")
    except (OSError, http.client.HTTPException, ValueError):
        return None


def start():
    global starts
    starts += 1
    return subprocess.Popen([sbx, "serve", "--listen", "unix:" + address, "--state", state], stdout=log, stderr=log,
                            stdin=subprocess.DEVNULL)


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            return [int(child) for child in f.read().split()]
    except OSError:
        return []


def network_half(pid):
    for child in children(pid):
        try:
            if os.path.basename(os.readlink(f"/proc/{child}/exe")) == "sbx-serve":
                return child
        except OSError:
            pass
    return None


def is_ready():
    answer = ask("GET", "/v1/ready")
    return answer is not None and answer[0] == 200


def job(number):
    """Right for even numbers, wrong for odd ones."""
    code = "print(int(input()) + 1)" if number % 2 == 0 else "print(int(input()) + 2)"
    return json.dumps({"files": [{"name": "a.py", "text": code}],
                       "tests": [{"stdin": str(number), "answer": str(number + 1)}]})


def client(numbers):
    for number in numbers:
        headers = {"Content-Type": "application/json", "Idempotency-Key": f"job-{number}"}
        while True:
            answer = ask("POST", "/v1/jobs", job(number), headers)
            if answer is not None and answer[0] in (200, 202):
                break
            if answer is not None and answer[0] not in (429, 503):
                wrong.append(f"job {number}: refused: {answer}")
                return
            time.sleep(0.2)
        name, first = answer[1]["id"], None
        while first is None or time.monotonic() < again:
            answer = ask("GET", f"/v1/jobs/{name}?wait=10")
            if answer is None or answer[0] == 503:
                time.sleep(0.2)
            elif answer[0] != 200:
                wrong.append(f"job {number}: lost: {answer}")
                return
            elif answer[1]["state"] not in ("queued", "running"):
                if first is None:
                    first, again = answer[1], time.monotonic() + random.choice([0, 0, 0, 3])
                elif first != answer[1]:
                    wrong.append(f"job {number}: another answer than before: {first} {answer[1]}")
        verdict = first["report"] and first["report"]["verdict"]
        if first["state"] != "done" or verdict != ("AC" if number % 2 == 0 else "WA"):
            wrong.append(f"job {number}: {first['state']} {verdict} {first['error']}")
        with lock:
            ended[number] = ended.get(number, 0) + 1


service = start()
threads = [threading.Thread(target=client, args=(range(n, jobs, 8),)) for n in range(8)]
deadline = time.monotonic() + 60
while not is_ready() and time.monotonic() < deadline:
    time.sleep(0.1)
for thread in threads:
    thread.start()
for kill in range(kills):
    time.sleep(random.uniform(0.05, 1.5))
    half, ended_before = network_half(service.pid), len(ended)
    if half is not None and kill % 2 == 0:
        os.kill(half, signal.SIGKILL)
    else:
        service.kill()
    service.wait()
    if kill % 10 == 9:
        time.sleep(1)
    while True:
        service = start()
        deadline = time.monotonic() + 30
        while service.poll() is None and not is_ready() and time.monotonic() < deadline:
            time.sleep(0.1)
        if service.poll() is None:
            break
        time.sleep(0.3)  # the one before has not let go of the state folder yet
for thread in threads:
    thread.join()
stats = ask("GET", "/v1/stats")
service.terminate()
status = service.wait()
if status != 0:
    wrong.append(f"the last service ended with {status}")
missing = [number for number in range(jobs) if ended.get(number) != 1]
if missing and not wrong:
    wrong.append(f"without an end: {missing}")
for line in wrong:
    print(line)
print(f"{kills} kills, {starts} starts, {len(ended)} of {jobs} jobs ended, {ended_before} before the last kill,",
      stats and stats[1]["state"])
print(f"{len(ended) - len(wrong)} passed, {len(wrong)} failed")
if wrong:
    os.system(f"tail -5 {place.name}/log")
sys.exit(1 if wrong else 0)
