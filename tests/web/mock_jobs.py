"""The jobs of the mock service: a queue with slots, and jobs that are not run but played.

What a job plays is said by a comment in its source, whose program does the same where it is really run:

    # mock: sum [SECONDS]     print the sum of the input's numbers, after so long
    # mock: say TEXT          print TEXT, with \\n for line breaks
    # mock: sleep SECONDS     print nothing, after so long
    # mock: spin              run until the CPU time is over
    # mock: exit STATUS
    # mock: syntax            not compile
"""
import datetime
import json
import re
import secrets
import threading
import time

COMPILER_SAYS = '  File "main.py", line 1\n    syntax error here\n           ^\nSyntaxError: invalid syntax\n'
FACTORS = {"us": 1, "ms": 1000, "s": 10**6, "m": 60 * 10**6, "": 10**6,
           "B": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


def quantity(value, default):
    """A duration in microseconds, a size in bytes; None: unlimited."""
    if value is None:
        return default
    if value == "unlimited":
        return None
    number, unit = re.fullmatch(r"([0-9.]+)([a-zA-Z]*)", str(value)).groups()
    return int(float(number) * FACTORS[unit])


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def stamp(moment):
    return moment and moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


# ---- reports ----

def limits_of(job, test):
    both = {**job.get("limits", {}), **test.get("limits", {})}
    cpu = quantity(both.get("time"), 10 * 10**6)
    return {"time": cpu, "wall": quantity(both.get("wall"), 2 * (cpu or 0) + 10**6),
            "memory": quantity(both.get("memory"), 256 * 2**20), "output": quantity(both.get("output"), 64 * 2**20),
            "swap": 0, "pids": 64, "stack": None, "fsize": None, "open-files": 1024, "tmp": 16 * 2**20, "cpus": None,
            "pin": "auto", "seccomp": "interpreted"}


def run_report(limits, verdict="OK", reason=None, cpu_us=12345, wall_us=None, exit_code=0, killed_by=None, out=b""):
    hits = {"TLE": "time", "MLE": "memory"}
    return {
        "schema": "sbx.run/1", "verdict": verdict, "reason": reason, "exit_code": exit_code, "signal": None,
        "signal_name": None, "killed_by": killed_by, "cpu_us": cpu_us, "user_us": None, "system_us": None,
        "wall_us": wall_us or cpu_us + 2000, "memory_peak_bytes": 9 * 2**20 + 4096,
        "memory": {"anonymous": None, "file": 0, "shared": None, "kernel": 400000}, "oom_kills": 0, "pids_peak": 1,
        "stdout_bytes": len(out), "stderr_bytes": 0, "denied_syscall": None,
        "limits": {name: {"value": value, "mechanism": "none" if value is None else "mock",
                          "hit": hits.get(verdict) == name} for name, value in limits.items()},
        "noise": {"throttled_us": None, "cpu_pressure_us": None, "steal_us": None, "involuntary_switches": 3},
        "host": {"kernel": "mock", "cgroup_version": 2}, "setup_us": 900, "teardown_us": 300, "error": None}


def difference(out, answer):
    """The first token that differs, as the judge's word by word."""
    got = [(m.group(), m.start()) for m in re.finditer(r"\S+", out)]
    wanted = [(m.group(), m.start()) for m in re.finditer(r"\S+", answer)]
    for i in range(max(len(got), len(wanted))):
        g, g_at = got[i] if i < len(got) else ("", len(out))
        w, w_at = wanted[i] if i < len(wanted) else ("", len(answer))
        if g.lower() == w.lower():
            continue
        kind = "missing" if i >= len(got) else "extra" if i >= len(wanted) else "token"
        before = out[:g_at]
        return {"kind": kind, "line": before.count("\n") + 1, "column": g_at - (before.rfind("\n") + 1) + 1,
                "answer_line": answer[:w_at].count("\n") + 1, "got": g[:64], "got_cut": len(g) > 64,
                "wanted": w[:64], "wanted_cut": len(w) > 64}
    return None


class Play:
    """One job, played. `tell(event, **more)` writes an event, `rest(seconds)` waits and says whether to go on."""

    def __init__(self, body, tell, rest):
        self.body, self.tell, self.rest = body, tell, rest
        source = body["files"][0].get("text", "")
        self.verb, self.argument = (re.search(r"mock: (\w+) ?(.*)", source) or re.match("()()", "")).groups()

    def play(self):
        """The report, or None where it was told to stop."""
        started = time.monotonic()
        tests = []
        self.tell("queued")
        compiled = self.compile()
        if compiled is None:
            return None
        for index, test in enumerate(self.body["tests"]):
            name = test.get("name", str(index + 1))
            failed = any(done["verdict"] not in ("AC", "OK") for done in tests)
            if not compiled["ok"] or (failed and self.body.get("after_failure") == "stop"):
                tests.append({"name": name, "verdict": "SKIP"})
                continue
            self.tell("test_started", index=index, test=name)
            result = self.test(name, test)
            if result is None:
                return None
            tests.append(result)
            self.tell("test_finished", index=index, test=name, result=result)
        report = self.report(tests, compiled, int((time.monotonic() - started) * 1000))
        self.tell("finished", verdict=report["verdict"], score=None)
        return report

    def compile(self):
        self.tell("compiling")
        if not self.rest(0.05):
            return None
        fails = self.verb == "syntax"
        run = run_report(limits_of({}, {}), *(("RE", "exit") if fails else ()), exit_code=int(fails))
        result = {"ok": not fails, "reason": "exit" if fails else None, "output": COMPILER_SAYS if fails else "",
                  "output_cut": False, "cached": False, "run": run}
        self.tell("compiled", result=result)
        return result

    def test(self, name, test):
        limits = limits_of(self.body, test)
        seconds = {"sleep": self.argument, "sum": self.argument, "spin": (limits["time"] or 0) / 1e6}.get(self.verb) or 0.02
        if not self.rest(float(seconds)):
            return None
        out, run = "", run_report(limits)
        if self.verb == "say":
            out = self.argument.replace("\\n", "\n") + "\n"
        elif self.verb == "sum":
            out = f"{sum(int(word) for word in test.get('stdin', '').split())}\n"
        elif self.verb == "exit":
            run = run_report(limits, "RE", "exit", exit_code=int(self.argument))
        elif self.verb == "spin":
            run = run_report(limits, "TLE", "cpu", limits["time"] + 400, exit_code=None, killed_by="cpu")
        verdict, found = run["verdict"], None
        if verdict == "OK" and "answer" in test:
            found = difference(out, test["answer"])
            verdict = "WA" if found else "AC"
        return {"name": name, "verdict": verdict, "reason": run["reason"], "score": None, "score_multiplier": None,
                "difference": found, "stdout": out, "stdout_cut": False, "stderr": "", "stderr_cut": False, "run": run,
                "checker": None, "reruns": 0, "runs": None, "counted": None}

    def report(self, tests, compiled, ms):
        verdicts = [test["verdict"] for test in tests]
        bad = next((test for test in tests if test["verdict"] not in ("AC", "OK")), None)
        verdict = "CE" if not compiled["ok"] else bad["verdict"] if bad else "OK" if "OK" in verdicts else "AC"
        return {"schema": "sbx.judge/1", "verdict": verdict, "score": None,
                "decided_by": bad["name"] if bad and compiled["ok"] else None, "interrupted": False,
                "language": self.body.get("language", "python3"), "slots": 1, "ms": ms, "error": None, "refused": None,
                "compile": compiled, "checker_compile": None, "cache_error": None,
                "counts": {name: verdicts.count(name) for name in set(verdicts)}, "groups": None, "tests": tests}


def answer_of(report):
    """Of a run, which was played as a job of one test."""
    test, compiled = report["tests"][0], report["compile"]
    run = test.get("run")
    if run is None:
        nothing = {name: dict.fromkeys(value) if name in ("memory", "noise") else None
                   for name, value in compiled["run"].items()}
        run = {**nothing, "schema": "sbx.run/1", "verdict": "CE", "stdout_bytes": 0, "stderr_bytes": 0,
               "host": {"kernel": "mock", "cgroup_version": None}}
    return {**run, "stdout": test.get("stdout"), "stdout_cut": False, "stderr": test.get("stderr"), "stderr_cut": False,
            "compile": compiled}


# ---- the queue ----

class Job:
    def __init__(self, body, size, key, priority):
        self.id, self.body, self.size, self.key, self.priority = secrets.token_hex(13), body, size, key, priority
        self.state, self.attempt, self.report = "queued", 0, None
        self.accepted, self.started, self.ended = now(), None, None
        self.events = b""  # as they would be in a file: their offsets are in their ids
        self.stop = threading.Event()

    def is_over(self):
        return self.state not in ("queued", "running")


class Queue:
    def __init__(self, slots, jobs_max):
        self.slots, self.jobs_max = slots, jobs_max
        self.jobs, self.waiting = {}, []
        self.refused = 0
        self.changed = threading.Condition()
        self.started = time.monotonic()
        for _ in range(slots):
            threading.Thread(target=self.work, daemon=True).start()

    def submit(self, body, size, key, priority):
        """The job, or None where the queue is full."""
        with self.changed:
            if len(self.waiting) >= self.jobs_max:
                self.refused += 1
                return None
            job = Job(body, size, key, priority)
            self.jobs[job.id] = job
            self.waiting.append(job)
            self.waiting.sort(key=lambda other: -other.priority)  # stable: first in, first out
            self.changed.notify_all()
            return job

    def position(self, job):
        return self.waiting.index(job) if job in self.waiting else None

    def work(self):
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.waiting)
                job = self.waiting.pop(0)
                job.state, job.started, job.attempt = "running", now(), 1
                self.changed.notify_all()
            start = time.monotonic()

            def tell(event, job=job, start=start, **more):
                line = json.dumps({"event": event, "ms": int((time.monotonic() - start) * 1000), **more})
                with self.changed:
                    job.events += line.encode() + b"\n"
                    self.changed.notify_all()

            report = Play(job.body, tell, lambda seconds, job=job: not job.stop.wait(seconds)).play()
            self.end(job, "cancelled" if report is None else "done", report)

    def end(self, job, state, report):
        with self.changed:
            job.state, job.report, job.ended = state, report, now()
            self.changed.notify_all()

    def cancel(self, job):
        with self.changed:
            if job in self.waiting:
                self.waiting.remove(job)
                self.end(job, "cancelled", None)
            job.stop.set()
            self.changed.wait_for(job.is_over)

    def wait(self, job, seconds):
        with self.changed:
            self.changed.wait_for(job.is_over, seconds)

    def resource(self, job, with_report=True):
        over = job.is_over()
        expires = job.ended + datetime.timedelta(hours=1) if over else None
        resource = {"schema": "sbx.serve.job/1", "id": job.id, "state": job.state, "position": self.position(job),
                    "attempt": job.attempt, "priority": job.priority, "accepted": stamp(job.accepted),
                    "started": stamp(job.started), "ended": stamp(job.ended), "expires": stamp(expires)}
        if with_report:
            resource["report"] = job.report
        return {**resource, "error": None}

    def stats(self, key_names):
        with self.changed:
            jobs = list(self.jobs.values())
            running = [job for job in jobs if job.state == "running"]
            verdicts = [job.report["verdict"] for job in jobs if job.report]
            ended = [job for job in jobs if job.is_over()]
            waits = sorted((job.started - job.accepted).total_seconds() for job in ended if job.started)
            runs = sorted((job.ended - job.started).total_seconds() for job in ended if job.started)
            oldest = max(((now() - job.accepted).total_seconds() for job in self.waiting), default=None)
            size, waiting = sum(job.size for job in self.waiting), list(self.waiting)
        rate = [{"minutes": minutes, "accepted": len(jobs) / minutes, "refused": self.refused / minutes,
                 "ended": len(ended) / minutes} for minutes in (1, 5, 15)]
        return {"schema": "sbx.serve.stats/1", "version": "0.0.0-mock", "state": "ready",
                "uptime_s": time.monotonic() - self.started, "slots": self.slots, "running": len(running),
                "queue": {"jobs": len(waiting), "bytes": size, "oldest_s": oldest,
                          "limit": {"jobs": self.jobs_max, "bytes": 2**28}},
                "keys": [{"name": name, "queued": sum(job.key == name for job in waiting),
                          "running": sum(job.key == name for job in running)} for name in key_names],
                "verdicts": {name: verdicts.count(name) for name in set(verdicts)}, "rates": rate,
                "quantiles": {"queue_wait": quantiles(waits), "compile": quantiles([0.05] * len(runs)),
                              "run": quantiles(runs), "overhead": quantiles([0.001] * len(runs))}}


def quantiles(values):
    at = (lambda share: values[min(len(values) - 1, int(share * len(values)))]) if values else (lambda share: None)
    return {"count": len(values), "p50_s": at(0.5), "p90_s": at(0.9), "p99_s": at(0.99)}
