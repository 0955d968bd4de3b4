# In an interactive problem either side may go first, and the other one then fails because of it: the first failure is
# the one that counts, however often it is tried.
# shellcheck disable=SC2016 # for the scripts
cd "$T" || exit
tests=$(rounds 10 | sed 's/.*/{}/' | paste -sd ,)
n=$(rounds 10 | wc -l)

# talk VERDICT ENDED_FIRST SUBMISSION VALIDATOR: scripts of bash; all tests of the job come to the same.
talk() {
	local who=$2 got
	printf '%s\n' "$3" >sub.sh
	printf '%s\n' "$4" >val.sh
	echo "{\"files\": [{\"path\": \"sub.sh\"}], \"limits\": {\"time\": \"10s\", \"wall\": \"60s\"}, \"tests\": [$tests],
		\"checker\": {\"kind\": \"kattis\", \"interactive\": true, \"files\": [{\"path\": \"val.sh\"}]}}" >job.json
	judge --job job.json
	got=$(field 'sorted({(t["verdict"], t["interaction"]["ended_first"]) for t in r["tests"]}), len(r["tests"])')
	if [ "$who" = any ]; then
		got=${got//validator/any} got=${got//submission/any}
		got=${got//"('$1', 'any'), ('$1', 'any')"/"('$1', 'any')"}
	fi
	equal "$got" "([('$1', '$who')], $n)" || {
		echo "of: $3 / $4"
		return 1
	}
}

# the submission crashes; the validator, still writing, dies of SIGPIPE, or says what it likes
talk RE submission 'kill -SEGV $$' 'while echo more; do :; done; exit 1'
talk RE submission 'read -r a; exit 3' 'echo go; while read -r a; do :; done; exit 42'
talk RE submission 'read -r a; kill -PIPE $$' 'echo go; while read -r a; do :; done; exit 43'
# the validator has decided; the submission, still writing, dies of SIGPIPE
talk WA validator 'while echo more; do :; done; exit 9' 'read -r a; exit 43'
talk AC validator 'trap - PIPE; while echo more; do :; done' 'read -r a; exit 42'
talk WA validator 'read -r a || exit 5' 'exit 43'
talk RE validator 'read -r a || exit 5' 'exit 42'
# the validator crashes first: nobody's fault but its own
talk IE validator 'while echo more; do :; done' 'read -r a; kill -SEGV $$'
talk IE validator 'read -r a; kill -SEGV $$' 'exit 1'
# both at once: a submission that fails is never accepted, and never the judge's failure
talk WA any 'exit 0' 'exit 43'
talk AC any 'exit 0' 'exit 42'
talk RE any 'exit 7' 'exit 42'
