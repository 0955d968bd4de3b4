# The limit is exact to the byte, by whatever way and on both streams together, and what was under it is passed on.
for how in nul drip stderr both many reopen splice; do
	box --output 100001 --time 60s --wall 120s -- ./C38 "$how"
	verdict OLE output killed_by=output limits.output.hit=true
	equal "$(field 'r["stdout_bytes"] + r["stderr_bytes"]')" 100001
	equal "$(stat -c %s "$T/out" "$T/err")" "$(field 'str(r["stdout_bytes"]) + "\n" + str(r["stderr_bytes"])')"
done
box --output 100001 -- ./out 100001
verdict OK null stdout_bytes=100001
box --output 100001 -- ./out 100001 1
verdict OLE output stdout_bytes=100001 stderr_bytes=0

# A line of a gibibyte, and no more memory in the launcher for it than for a line of a byte, of which 16 MiB is plenty.
size=1G
[ -z "${SBX_VM:-}" ] || size=64M
python3 -IS - "$SBX" "$BOX" "$T/report" "$size" <<'PY'
import resource, subprocess, sys
sbx, box, report, size = sys.argv[1:]
subprocess.run([sbx, "run", "--box", box, "--output", size, "--time", "60s", "--wall", "120s", "--report", report,
                "--format", "json", "--", "./out", "flood"], stdout=subprocess.DEVNULL)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
assert peak <= 16 * 1024, f"{peak} KiB"
PY
report verdict=OLE "stdout_bytes=$(numfmt --from=iec "$size")"
