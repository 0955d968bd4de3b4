#!/usr/bin/env python3
"""health.py SBX [SECONDS]: how long GET /v1/health takes while bodies of 30 MB come, of files and of jobs, on connections that are kept and
on fresh ones; as root. Prints a line for each. Figures are those of this host, and are for comparing two builds on it."""
import sys

folder = sys.path.pop(0)  # http.py beside this file is another one than Python's
sys.dont_write_bytecode = True
import hashlib, http.client, json, multiprocessing, os, subprocess, tempfile, time

sys.path.append(folder)
from local import Connection

sbx, seconds = os.path.abspath(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 10
place = tempfile.TemporaryDirectory()
os.chmod(place.name, 0o755)
address = os.path.join(place.name, "socket")
SIZE = 30_000_000


def ask(connection, method, path, body=None, **headers):
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    response.read()
    return response.status


def is_ready():
    try:
        return ask(Connection(address, 60), "GET", "/v1/ready") == 200
    except OSError:
        return False


def send(method, path, body, wanted, count):
    """One after the other, in a process of its own: what asks for the time it takes must not wait for it."""
    while True:
        connection = Connection(address, 60)
        status = ask(connection, method, path, body, **{"Content-Type": "application/json"})
        connection.close()
        assert status in wanted, status
        count.value += 1


def health(is_fresh):
    """Milliseconds, sorted."""
    times, connection = [], Connection(address, 60)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if is_fresh:
            connection.close()
            connection = Connection(address, 60)
        begin = time.monotonic()
        assert ask(connection, "GET", "/v1/health") == 200
        times.append((time.monotonic() - begin) * 1000)
        time.sleep(0.01)
    return sorted(times)


with open(os.path.join(place.name, "log"), "ab") as log:
    service = subprocess.Popen([sbx, "serve", "--listen", "unix:" + address, "--state", place.name + "/state"],
                               stdin=subprocess.DEVNULL, stdout=log, stderr=log)
try:
    while not is_ready():
        assert service.poll() is None, "the service does not start"
        time.sleep(0.05)
    file = os.urandom(SIZE)
    # of a language that nobody knows: it is read, and refused
    job = json.dumps({"language": "cobol", "files": [{"name": "a.cobol", "text": ""}], "tests": [{"stdin": "1 " * (SIZE // 2)}]}).encode()
    senders = []
    for method, path, body, wanted in [("PUT", "/v1/files/" + hashlib.sha256(file).hexdigest(), file, (200, 201)), ("POST", "/v1/jobs", job, (422,))]:
        count = multiprocessing.Value("i", 0)
        senders.append((path[:8], count, multiprocessing.Process(target=send, args=(method, path, body, wanted, count), daemon=True)))
    for name, load in [("at rest", False), ("beside bodies of 30 MB", True)]:
        for _, _, process in senders:
            if load:
                process.start()
        for kind in ("kept", "fresh"):
            times = health(kind == "fresh")
            print(f"{name}, {kind} connections: p50 {times[len(times) // 2]:.1f}, p99 {times[len(times) * 99 // 100]:.1f}, "
                  f"max {times[-1]:.1f} ms of {len(times)}")
    for path, count, process in senders:
        process.terminate()
        process.join()
        print(f"{count.value} bodies to {path}")
finally:
    service.terminate()
    service.wait()
