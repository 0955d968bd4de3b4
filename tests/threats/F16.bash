for profile in default interpreted jvm compile contest; do
	run_line "--seccomp $profile -- refused"
done

# the same profile, but that filters may be loaded
python3 -IS -c 'import json, subprocess, sys
profile = json.loads(subprocess.check_output([sys.argv[1], "policy", "show", "default"]))
for rule in profile["syscalls"]:
    rule["names"] = [n for n in rule["names"] if n != "seccomp"]
profile["syscalls"] = [r for r in profile["syscalls"] if r["names"]]
profile["syscalls"].append({"names": ["seccomp"], "action": "SCMP_ACT_ALLOW"})
json.dump(profile, open(sys.argv[2], "w"))' "$SBX" "$T/own.json"

for how in allow log trace; do
	run_line "--seccomp $T/own.json -- $how ptrace => verdict=SV denied_syscall=ptrace"
	run_line "--seccomp $T/own.json -- $how int80 => verdict=SV denied_syscall=i386:getpid"
done
run_line "--seccomp $T/own.json -- allow others"
run_line "--seccomp $T/own.json -- notify others"
run_line "--seccomp $T/own.json -- listener => verdict=SV denied_syscall=ptrace"
# without ours it is possible
box --seccomp none -- ./F16 allow ptrace
grep -q 'ptrace gave 0' "$T/out"
