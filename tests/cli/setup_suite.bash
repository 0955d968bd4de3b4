# Once for all files of this folder: copies sbx and the programs. Each ends in the name of this test run, which the loader
# ignores, so that our processes can be told from those of another.
# shellcheck shell=bash

setup_suite() {
	local root build dir=$BATS_SUITE_TMPDIR/box
	root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
	build=$root/${BUILD:-build}
	make -s -C "$root" cli-programs
	cp "${SBX:-$build/sbx}" "$BATS_SUITE_TMPDIR/sbx"
	cp "$build/cli/report" "$BATS_SUITE_TMPDIR/report"
	mkdir "$dir"
	cp "$build"/cli/programs/* "$dir"
	for program in "$dir"/*; do
		echo "$BATS_RUN_TMPDIR" >>"$program"
	done
	chmod 755 "$dir" "$dir"/*
}
