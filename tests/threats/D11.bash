mkdir -m 777 "$T/job" "$T/bound"
cp "$BOX/D11" "$T/job/D11"
cp "$BOX/D11" "$T/bound/checker"
echo 'int grade(void);' >"$T/job/grader.h"
echo 'tool' >"$T/bound/tool"
chmod 777 "$T/job"/* "$T/bound"/*
[ -n "$CALLER" ] || chown -R "$BOX_ID" "$T/job" "$T/bound"
hashes() {
	find "$T/job" "$T/bound" -printf '%p %u %m %s %T@\n' -type f -exec sha256sum {} + | sort
}
hashes >"$T/before"
for options in '' '--seccomp none'; do
	# shellcheck disable=SC2086
	JOB=$T/job box $options --bind "$T/bound:/judge" --bind "$T/bound/tool:/tmp/tool" -- \
		./D11 /box/D11 /box/grader.h /judge/checker /judge/tool /tmp/tool /bin/true /usr/bin/env
	verdict OK null
	hashes | diff "$T/before" -
done
# in a folder of its own it may, and it changes nothing
JOB=$T/job box --box-mode cow -- /bin/sh -c 'cat /bin/true >D11.new; mv -f D11.new D11; rm -f grader.h; echo evil >>grader.h; chmod 700 .'
verdict OK null
hashes | diff "$T/before" -

# of a job: what was compiled is the same for each test, and the checker's own files are nobody's to write
mkdir "$T/tests"
for i in 1 2 3; do
	: >"$T/tests/$i.in"
	echo same >"$T/tests/$i.ans"
done
cat >"$T/self.sh" <<-'END'
	sum=$(cat /box/* | sha256sum)
	{ echo 'echo same; exit' >"$0" || cp /bin/true "$0" || mv "$0" x || rm -rf /box/* || chmod 777 /box "$0" || ln -s /tmp /box/x; } 2>/dev/null && echo changed
	[ "$(cat /box/* | sha256sum)" = "$sum" ] && [ ! -e /box/x ] && echo same
	ls -A /box | grep -vxF self.sh
	exit 0
END
judge --time 60 --wall 200 -j 1 --tests "$T/tests" "$T/self.sh"
verdicts 'AC: AC AC AC'
cat >"$T/check.sh" <<-'END'
	{ echo 'exit 42' >"$0" || rm "$0" || cp /bin/true "$0" || echo x >/box/x; } 2>/dev/null && exit 1
	[ "$(ls -A /box)" = check.sh ] && grep -qx same && exit 42
	exit 43
END
cat >"$T/job.json" <<-END
	{"files": [{"path": "self.sh"}], "checker": {"kind": "kattis", "files": [{"path": "check.sh"}]}, "tests": [{}, {}]}
END
judge --time 60 --wall 200 -j 1 --job "$T/job.json"
verdicts 'AC: AC AC'
