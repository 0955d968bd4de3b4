# Once for all files of this folder: copies sbx and compiles the programs. Each ends in the name of this test run, which
# the loader ignores, so that our processes can be told from those of another.
# shellcheck shell=bash

setup_suite() {
	local here dir=$BATS_SUITE_TMPDIR/box
	here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
	cp "${SBX:-${here%/tests/cli}/build/sbx}" "$BATS_SUITE_TMPDIR/sbx"
	mkdir "$dir"
	# shellcheck disable=SC2016 # sh's own $0 and $1
	for source in "$here"/programs/*.c; do
		printf '%s\0' "$source" "$dir/$(basename "$source" .c)"
	done | xargs -0 -n 2 -P "$(nproc)" sh -c 'exec gcc -O1 -D_GNU_SOURCE -static -pthread -o "$1" "$0"'
	for program in "$dir"/*; do
		echo "$BATS_RUN_TMPDIR" >>"$program"
	done
	chmod 755 "$dir" "$dir"/*
}
