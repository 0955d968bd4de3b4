#!/usr/bin/python3 -IS
"""calls.py SBX PROGRAM [PROFILE...]

Makes the system calls in boxes, and compares what comes of each with what the profile says: all built-in ones, or
those that are named. PROGRAM is what calls.c was compiled to. Prints a line for each profile, and closes with
"N passed, N failed". Called by `make calls`.

What is tried: all numbers of x86_64, of x32 and of i386, and some that no table has; the numbers of x86_64 once more
with upper bits in the register, and up to 1024, which takes in those that x32 once left open; each call whose
arguments some profile looks at, with the values that rules mention, their neighbours, and upper bits.

What is to come of it is read from the profile's JSON, as sbx-policy(5) describes it, with the numbers of libseccomp,
which have to be those of the kernel's headers.

How an answer is known, without the end of the box at the first call that is an SV: the launcher is stopped. A call
that the filter puts before it is never answered then, and its process sleeps in the kernel's seccomp code. So one box
is asked about everything; each call of x86_64 that is an SV, and a part of the others, are then made once more, in a
box each, whose report has to name them.

How an answer of the filter is told from one of the kernel: `marked` calls have a number of ours as their sixth
argument. This process, and so each box, has a filter that answers those: errno 4000 to some, which is weaker than an
errno of the box's filter, but stronger than its SV; "ask a tracer" to others, which is weaker than both, and ENOSYS
without a tracer. Both together say what the box's filter decided, and the call is never carried out. Calls that are
not marked are. One that is allowed has to answer as it does without a filter.

A line of FOLDER/tries: the gate (n: syscall, i: int 0x80) and at once the kind (r: real, in a process of its own; m:
marked; l: real, by the program itself, which ends with it), the number, and the arguments, in hexadecimal. A line of
FOLDER/answers: "ok", "errno N", "signal N", "exited", "blocked", or "held" by the filter.
"""

import ctypes
import itertools
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from multiprocessing.pool import ThreadPool

ENOSYS, OURS = 38, 4000
MARK = 0x5BC0FFEE
MARK_ERRNO, MARK_TRACE = MARK << 32 | 1, MARK << 32 | 2
X32_BIT = 0x40000000
LOW, ALL = (1 << 32) - 1, (1 << 64) - 1
N_ARGS = 6
BAD = (ALL,) * N_ARGS  # no descriptor, address, flag or id is that
ARCHES = {
    "x86_64": (0xC000003E, "unistd_64.h"),
    "x32": (0x4000003E, "unistd_x32.h"),
    "i386": (0x40000003, "unistd_32.h"),
}
# the tables, with room for calls that are newer than the headers
FOREIGN = {"x32": list(range(X32_BIT, X32_BIT + 600)), "i386": list(range(512))}
FOREIGN_EDGES = {
    "x32": [X32_BIT | 1023, 0x7FFFFFFF, 0x80000000, 0x80000027, 0xBFFFFFFF, 0xC0000027, 0xFFFFFFFE],
    "i386": [1023, X32_BIT - 1, X32_BIT, X32_BIT | 20, 0x7FFFFFFF, 0x80000000, LOW],
}
# they would write out the whole host where no filter stops them
SYNC = {("x86_64", 162), ("x32", X32_BIT | 162), ("i386", 36)}
# Newer kernels ask no filter about uretprobe and uprobe, ours neither: the code of the kernel's own probes calls them,
# and from anywhere else they do nothing but fail.
PAST_FILTERS = {335, 336}
# each profile takes another part of the foreign calls, so that each of them is in a report once; less under emulation
PART = 25 if os.environ.get("SBX_VM") else 5


class Names:
    """Numbers of calls and their names."""

    def __init__(self):
        self.lib = ctypes.CDLL("libseccomp.so.2")
        self.lib.seccomp_syscall_resolve_num_arch.restype = ctypes.c_void_p
        self.free = ctypes.CDLL(None).free
        self.free.argtypes = [ctypes.c_void_p]

    def number(self, arch, name):
        return self.lib.seccomp_syscall_resolve_name_arch(ARCHES[arch][0], name.encode())

    def name(self, arch, nr):
        text = self.lib.seccomp_syscall_resolve_num_arch(ARCHES[arch][0], nr)
        if not text:
            return None
        name = ctypes.string_at(text).decode()
        self.free(text)
        return name

    def header(self, arch):
        """What the kernel's headers say: {name: number}."""
        text = open("/usr/include/x86_64-linux-gnu/asm/" + ARCHES[arch][1]).read()
        found = re.findall(r"#define __NR_(\w+) (?:\((__X32_SYSCALL_BIT) \+ )?(\d+)", text)
        return {name: int(nr) | (X32_BIT if bit else 0) for name, bit, nr in found}

    def in_report(self, arch, nr):
        """How a report names it."""
        nr &= LOW
        signed = nr - (1 << 32) if nr >> 31 else nr
        if arch == "x32" and signed < 0:  # above all tables
            arch = "x86_64"
        name = self.name(arch, signed) if signed >= 0 else None
        prefix = {"x86_64": "" if name else "syscall_", "x32": "x32:", "i386": "i386:"}[arch]
        return prefix + (name or str(signed & ~X32_BIT if arch == "x32" else signed))


class Profile:
    """What a profile says of a call of x86_64: "allow", "stop", or "errno N"."""

    def __init__(self, name, text, names):
        profile = json.loads(text)
        self.name = name
        self.default = self.action(profile, "defaultAction", "defaultErrnoRet")
        self.with_args, self.without = {}, {}
        for group in profile["syscalls"]:
            for call in group["names"]:
                nr = names.number("x86_64", call)
                action = self.action(group, "action", "errnoRet")
                if group.get("args"):
                    self.with_args.setdefault(nr, []).append((group["args"], action))
                else:
                    self.without[nr] = action

    @staticmethod
    def action(where, action, errno):
        return {"SCMP_ACT_ALLOW": "allow", "SCMP_ACT_ERRNO": f"errno {where.get(errno, 1)}"}.get(where[action], "stop")

    @staticmethod
    def holds(cond, args):
        value, arg = cond["value"], args[cond["index"]]
        return {
            "SCMP_CMP_MASKED_EQ": arg & value == cond.get("valueTwo", 0),
            "SCMP_CMP_EQ": arg == value,
            "SCMP_CMP_NE": arg != value,
            "SCMP_CMP_LT": arg < value,
            "SCMP_CMP_LE": arg <= value,
            "SCMP_CMP_GT": arg > value,
            "SCMP_CMP_GE": arg >= value,
        }[cond["op"]]

    def says(self, nr, args):
        nr &= LOW
        for conds, action in self.with_args.get(nr, []):
            held = [self.holds(cond, args) for cond in conds]
            alternatives = len({cond["index"] for cond in conds}) < len(conds)
            if any(held) if alternatives else all(held):
                return action
        return self.without.get(nr, self.default)


def numbers():
    """All that is tried as it is: (arch, number)."""
    native = list(range(1025)) + [4096, X32_BIT - 1, LOW]
    tried = [("x86_64", nr) for nr in native + [1 << 32 | nr for nr in native]]
    for arch, numbers_of_arch in FOREIGN.items():
        tried += [(arch, nr) for nr in numbers_of_arch + FOREIGN_EDGES[arch]]
    return tried


def around(cond):
    """Values on both sides of a condition."""
    masked = cond["op"] == "SCMP_CMP_MASKED_EQ"
    value = cond.get("valueTwo", 0) if masked else cond["value"]
    free = ~cond["value"] & LOW if masked else 0  # bits that the condition passes over
    low = {value & LOW, value + 1 & LOW, value - 1 & LOW, ~value & LOW, value | free, value | free & -free}
    return low | {v | 1 << 32 for v in low} | {value | 0xDEADBEEF << 32}


def argument_cases(profiles):
    """(number, args) for all calls whose arguments a profile looks at; with upper bits, also without them."""
    values = {}
    for profile in profiles:
        for nr, rules in profile.with_args.items():
            for cond in itertools.chain.from_iterable(conds for conds, _ in rules):
                if cond["index"] == N_ARGS - 1:
                    sys.exit("calls.py: a profile looks at the sixth argument, which is ours")
                values.setdefault(nr, {}).setdefault(cond["index"], {0, LOW}).update(around(cond))
    cases = []
    for nr, by_index in sorted(values.items()):
        for combination in itertools.product(*(sorted(v) for v in by_index.values())):
            args = [0] * N_ARGS
            for index, value in zip(by_index, combination):
                args[index] = value
            cases.append((nr, tuple(args)))
    return cases


def marked(nr, args, mark):
    return ("x86_64", "m", nr, args[:-1] + (mark,))


def install_filter():
    """Answers marked calls: see above."""
    code = [
        (0x20, 0, 0, 16 + 8 * 5 + 4),  # the sixth argument, its upper half
        (0x15, 0, 4, MARK),
        (0x20, 0, 0, 16 + 8 * 5),
        (0x15, 0, 1, MARK_ERRNO & LOW),
        (0x06, 0, 0, 0x00050000 | OURS),
        (0x15, 1, 0, MARK_TRACE & LOW),
        (0x06, 0, 0, 0x7FFF0000),  # allow
        (0x06, 0, 0, 0x7FF00000),  # trace
    ]
    insns = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *insn) for insn in code))
    program = struct.pack("HxxxxxxP", len(code), ctypes.addressof(insns))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(38, 1, 0, 0, 0) or prctl(22, 2, ctypes.c_char_p(program), 0, 0):  # NO_NEW_PRIVS, SECCOMP
        sys.exit("calls.py: no filter: " + os.strerror(ctypes.get_errno()))


class Boxes:
    """`with` ends those that something that failed has left running, or stopped."""

    def __init__(self, sbx, program, folder):
        self.folder, self.box, self.sbx = folder, os.path.join(folder, "box"), os.path.join(folder, "sbx")
        os.chmod(folder, 0o755)
        os.mkdir(self.box)
        shutil.copy(sbx, self.sbx)
        shutil.copy(program, os.path.join(self.box, "calls"))
        self.count, self.launchers = itertools.count(), []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for launcher in self.launchers:
            if launcher.poll() is None:
                launcher.kill()
                launcher.wait()

    def start(self, profile, tries):
        """A box that has read what it is to try. Returns launcher and folder."""
        here = os.path.join(self.folder, str(next(self.count)))
        os.mkdir(here)
        os.chmod(here, 0o777)
        with open(os.path.join(here, "tries"), "w") as out:
            for arch, effect, nr, args in tries:
                gate = "i" if arch == "i386" else "n"
                print(gate + effect, "%x" % nr, *("%x" % arg for arg in args), file=out)
        launcher = subprocess.Popen(
            [self.sbx, "run", "--box", self.box, "--bind", here + ":/tries:rw", "--seccomp", profile, "--time", "10m"]
            + ["--wall", "20m", "--report", here + "/report", "--format", "json", "--", "./calls", "/tries"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, close_fds=False,
        )  # fmt: skip
        self.launchers.append(launcher)
        self.wait(launcher, here + "/ready")
        return launcher, here

    @staticmethod
    def wait(launcher, path):
        while not os.path.exists(path):
            if launcher.poll() is not None and not os.path.exists(path):
                sys.exit(f"calls.py: a box has ended with {launcher.returncode} before it made {path}")
            time.sleep(0.001)

    def ask(self, profile, tries):
        """What each of the tries answered, with the launcher stopped."""
        launcher, here = self.start(profile, tries)
        launcher.send_signal(signal.SIGSTOP)
        os.waitpid(launcher.pid, os.WUNTRACED)
        open(here + "/go", "w").close()
        self.wait(launcher, here + "/done")
        answers = open(here + "/answers").read().splitlines()
        launcher.send_signal(signal.SIGCONT)
        launcher.wait()
        shutil.rmtree(here)
        if len(answers) != len(tries):
            sys.exit(f"calls.py: {len(answers)} answers to {len(tries)} tries")
        return answers

    def report(self, profile, one):
        """How a run ends that makes one call: "VERDICT CALL", or what failed."""
        for _ in range(3):
            end = self.report_once(profile, one)
            # on a host with much to do a box may not die in time, which is an IE and no word on the call
            if not end.startswith("IE "):
                break
        return end

    def report_once(self, profile, one):
        launcher, here = self.start(profile, [one])
        open(here + "/go", "w").close()
        launcher.wait()
        report = json.load(open(here + "/report"))
        shutil.rmtree(here)
        error = report["error"]
        return f"{report['verdict']} {report['denied_syscall']}" + (f" ({error})" if error else "")


def decision(by_errno, by_trace):
    """What the box's filter decided about a marked call."""
    if by_errno == f"errno {OURS}":
        return {f"errno {ENOSYS}": "allow", "held": "stop"}.get(by_trace, f"{by_errno}, {by_trace}")
    return by_errno if by_errno == by_trace else f"{by_errno}, {by_trace}"


def rank(what):
    """How strict a decision is."""
    return {"allow": 0, "stop": 2}.get(what, 1)


class Count:
    def __init__(self):
        self.passed = self.failed = 0

    def expect(self, good, profile, what, *details):
        self.passed += good
        self.failed += not good
        if not good:
            print(f"{profile}: {what}:", *details)
        return good


class Table:
    """Everything that is tried."""

    def __init__(self, names, profiles):
        self.names, self.numbers, self.cases = names, numbers(), argument_cases(profiles)
        self.asked = [(nr, BAD) for arch, nr in self.numbers if arch == "x86_64"] + self.cases
        self.marked = [marked(nr, args, mark) for mark in (MARK_ERRNO, MARK_TRACE) for nr, args in self.asked]

    def show(self, arch, nr, args=BAD):
        at = "" if args == BAD else "(" + ", ".join("%#x" % arg for arg in args[:-1]) + ")"
        return f"{arch} {nr:#x} {self.names.in_report(arch, nr)}{at}"

    def ask(self, boxes, profile=None):
        """What is real answers {(arch, nr): answer}, and decisions {(nr, args): decision}; None: without a filter."""
        real = self.numbers
        if profile is None or profile.says(162, BAD) == "allow":
            real = [(arch, nr) for arch, nr in real if (arch, nr & LOW) not in SYNC]
        name = profile.name if profile else "none"
        answers = boxes.ask(name, [(arch, "r", nr, BAD) for arch, nr in real] + self.marked)
        by_errno, by_trace = answers[len(real) : -len(self.asked)], answers[-len(self.asked) :]
        return dict(zip(real, answers)), dict(zip(self.asked, map(decision, by_errno, by_trace)))


def check_tables(names, count):
    """libseccomp and the kernel's headers agree on numbers, so either may be asked."""
    for arch in ARCHES:
        for name, nr in names.header(arch).items():
            count.expect(names.name(arch, nr) == name, "tables", arch, nr, name, names.name(arch, nr))
    for name, nr in names.header("x86_64").items():
        count.expect(names.number("x86_64", name) == nr, "tables", name, nr, names.number("x86_64", name))


def check_baseline(table, none, count):
    """Without a filter nothing is stopped, and marks do what they are for."""
    answers, decided = none
    for (arch, nr), got in answers.items():
        count.expect(got != "held", "none", table.show(arch, nr), got)
    past = set()
    for (nr, args), got in decided.items():
        if got != "allow" and nr & LOW in PAST_FILTERS and got == answers["x86_64", nr]:
            past.add(nr)
        else:
            count.expect(got == "allow", "none", table.show("x86_64", nr, args), got)
    known = ", ".join(str(nr) for nr in sorted(past) if nr <= LOW) or "none"
    print(f"{'none':<12} {len(answers)} numbers, {len(decided)} marked calls; past all filters by the kernel: {known}")
    return past


def expected(profile, arch, nr, baseline, past):
    """What a call that is not marked answers."""
    if arch != "x86_64":
        return "held"
    if nr in past:
        return baseline[arch, nr]
    says = profile.says(nr, BAD)
    return {"allow": baseline.get((arch, nr)), "stop": "held", "errno 0": "ok"}.get(says, says)


def check_profile(table, profile, asked, baseline, past, count):
    answers, decided = asked
    tally, alike, lacking, failed = {}, 0, 0, count.failed
    for (arch, nr), got in answers.items():
        wanted = expected(profile, arch, nr, baseline, past)
        count.expect(got == wanted, profile.name, table.show(arch, nr), f"answers {got}, wanted {wanted}")
        says = profile.says(nr, BAD).split()[0] if arch == "x86_64" else "stop"
        tally.setdefault(arch, dict.fromkeys(("allow", "errno", "stop"), 0))[says] += 1
        other = profile.default if says == "allow" else baseline.get((arch, nr))
        alike += says != "stop" and wanted == other
        lacking += says != "stop" and wanted == other == f"errno {ENOSYS}"
    for (nr, args), got in decided.items():
        wanted = profile.says(nr, args)
        wanted = baseline["x86_64", nr] if nr in past else "ok" if wanted == "errno 0" else wanted
        count.expect(got == wanted, profile.name, table.show("x86_64", nr, args), f"decided {got}, wanted {wanted}")
    for nr, args in table.cases:
        got, lower = decided[nr, args], decided[nr, tuple(arg & LOW for arg in args)]
        what = table.show("x86_64", nr, args)
        count.expect(rank(got) >= rank(lower), profile.name, what, f"{got}, and without upper bits {lower}")
    native = "{allow} allowed, {errno} refused, {stop} stopped".format(**tally["x86_64"])
    foreign = ", ".join("{} {stop} stopped".format(arch, **tally[arch]) for arch in FOREIGN)
    print(f"{profile.name:<12} x86_64 {native}; {foreign}; {len(table.cases)} lists of arguments")
    failed = count.failed - failed
    print(f"{'':<12} {failed} wrong; told by marks only: {alike}, {lacking} of them ENOSYS from the kernel as well")


def check_reports(table, profiles, boxes, count):
    """The runs that a call ends, of which the report says so."""
    runs = []
    for index, profile in enumerate(profiles):
        for at, (arch, nr) in enumerate(table.numbers):
            native = arch == "x86_64" and profile.says(nr, BAD) == "stop"
            edge = nr in FOREIGN_EDGES.get(arch, [])
            if native or arch != "x86_64" and (edge or at % PART == index % PART):
                runs.append((profile.name, arch, nr))
    with ThreadPool(os.cpu_count()) as pool:
        ends = pool.map(lambda run: boxes.report(run[0], (run[1], "l", run[2], BAD)), runs, chunksize=1)
    for (profile, arch, nr), end in zip(runs, ends):
        wanted = "SV " + table.names.in_report(arch, nr)
        count.expect(end == wanted, profile, table.show(arch, nr), f"reported {end}, wanted {wanted}")
    print(f"{'reports':<12} {len(runs)} runs ended by one call")


def told(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def main():
    sbx, program, *wanted = sys.argv[1:]
    sys.stdout.reconfigure(line_buffering=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if not wanted:
        wanted = [line.split()[0] for line in told(sbx, "policy", "list").splitlines()]
    names, count, profiles = Names(), Count(), []
    for name in wanted:
        profiles.append(Profile(name, open(name).read() if "/" in name else told(sbx, "policy", "show", name), names))
    table = Table(names, profiles)
    subprocess.run([sbx, "setup"], stdout=subprocess.DEVNULL)
    install_filter()
    check_tables(names, count)
    with tempfile.TemporaryDirectory() as folder, Boxes(sbx, program, folder) as boxes:
        none = table.ask(boxes)
        past = check_baseline(table, none, count)
        for profile in profiles:
            check_profile(table, profile, table.ask(boxes, profile), none[0], past, count)
        check_reports(table, profiles, boxes, count)
    print(f"\n{count.passed} passed, {count.failed} failed")
    return count.failed != 0


if __name__ == "__main__":
    sys.exit(main())
