# SPDX-License-Identifier: GPL-2.0-only
# For every bats file here: where things are, and how s2ctl is run.
# shellcheck shell=bash disable=SC2034,SC2154

bats_require_minimum_version 1.5.0

root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
# Another build, for example one with sanitizers: make check-cli S2CTL=...
s2ctl=${S2CTL:-$root/build/s2ctl}
tables=$root/build/gen-tables
fixtures=$BATS_TEST_DIRNAME/fixtures

# Run the tests of a file with the sanitizers' build: call it in setup_file.
use_sanitizers() {
	[[ -z ${S2CTL:-} ]] || return 0
	# Files run two at a time; one of them builds.
	mkdir -p "$root/build"
	MAKEFLAGS='' flock "$root/build/asan.lock" \
		make -s -C "$root" build/asan/s2ctl
	export S2CTL=$root/build/asan/s2ctl
}

# What makes a command meet a signal, or no memory, where a test says: see preload.c
preload=$root/build/tests/preload.so
make_preload() {
	mkdir -p "$root/build"
	MAKEFLAGS='' flock "$root/build/preload.lock" \
		make -s -C "$root" build/tests/preload.so
}

setup() {
	mkdir "$BATS_TEST_TMPDIR/work"
	cd "$BATS_TEST_TMPDIR/work" || return
	unset NO_COLOR COLUMNS
	export LC_ALL=C
}

# Run s2ctl: $status, $output (standard output) and $stderr.
s2() {
	run --separate-stderr "$s2ctl" "$@"
}

# The same for JSON.  Every document is kept, and must be what the schema says
# (see teardown).  Of the records of a snapshot one document is made.
s2json() {
	s2 "$@"
	printf '%s' "$output" > out.json
	mkdir -p "$BATS_TEST_TMPDIR/json"
	cp out.json "$(mktemp "$BATS_TEST_TMPDIR/json/XXXXXX")"
	[[ ! $output =~ ^\{[[:space:]]*\"record\":\ ?\"host\" ]] ||
		"$root/tests/cli/joined" out.json
}

teardown() {
	[[ ! -d $BATS_TEST_TMPDIR/json ]] ||
		python3 "$root/tests/cli/validate" "$BATS_TEST_TMPDIR"/json/*
}

# PATH VALUE...: the JSON that s2json got last has these values.
holds() {
	python3 - "$@" <<- 'END'
	import json, sys
	document = json.load(open("out.json"))
	failed = 0
	for path, want in zip(sys.argv[1::2], sys.argv[2::2]):
	    value = document
	    for key in path.split("."):
	        value = value[int(key) if isinstance(value, list) else key]
	    if json.dumps(value) != want:
	        print(f"{path} is {json.dumps(value)}, not {want}")
	        failed = 1
	sys.exit(failed)
	END
}

expect_status() {
	[[ $status -eq $1 ]] || {
		echo "status $status instead of $1"
		echo "stdout: $output"
		echo "stderr: $stderr"
		return 1
	}
}

# Exactly one line of error, which begins as it should and contains $1.
expect_one_line() {
	[[ $(wc -l <<< "$stderr") -eq 1 && $stderr == "s2ctl: "*"$1"* ]] || {
		echo "standard error: $stderr"
		echo "expected one line with: $1"
		return 1
	}
}

# Wrong usage: 64, nothing on standard output, one line with $1.
expect_usage() {
	expect_status 64
	[[ -z $output ]] || {
		echo "standard output: $output"
		return 1
	}
	expect_one_line "$1"
}

# A snapshot with 5,000 extents, once for each file: $large.
make_large() {
	large=$BATS_FILE_TMPDIR/large.json
	[[ -e $large ]] || python3 "$BATS_TEST_DIRNAME/edit" \
		"$BATS_TEST_DIRNAME/fixtures/two.json" "
e = d['vms'][0]['extents'][0]
e['bytes'] = 4096
d['vms'][0]['extents'] = [
    dict(e, gpa=i * 4096, mapped='wb' if i % 2 else 'nc', perm='rw-')
    for i in range(5000)]" > "$large"
}

# The command must fail; "!" alone would not fail a test.
refute() {
	if "$@"; then
		echo "expected to fail: $*"
		return 1
	fi
}
