# SPDX-License-Identifier: GPL-2.0-only
# Writing snapshots, and reading what may be anything.

load common

setup_file() {
	use_sanitizers
}

# A snapshot that cannot be read: an error with $1 in it, whatever the command.
expect_refused() {
	expect_status 1
	[[ -z $output ]]
	expect_one_line "$1"
}

@test "a snapshot that does not exist, or is a directory" {
	s2 --from nowhere.json list
	expect_refused "No such file"
	s2 --from . list
	expect_refused "directory"
}

@test "not JSON, empty, or not a snapshot" {
	: > empty.json
	echo 'hello' > text.json
	echo '[]' > array.json
	echo '{}' > object.json
	echo 'null' > null.json
	head -c 4096 /dev/urandom > random.json
	printf '\0\0\0' > zero.json
	for file in *.json; do
		for command in list show audit host snapshot; do
			s2 --from "$file" "$command"
			expect_refused "$file"
		done
	done
}

@test "truncated anywhere" {
	size=$(stat -c %s "$fixtures/two.json")
	for part in 1 10 25 50 75 90 99; do
		head -c $((size * part / 100)) "$fixtures/two.json" > cut.json
		s2 --from cut.json list
		expect_refused cut.json
	done
}

@test "something behind the end" {
	{ cat "$fixtures/two.json"; echo '{}'; } > more.json
	s2 --from more.json list
	expect_refused more.json
}

@test "a newer format" {
	sed 's/"format_version": *1\b/"format_version": 2/' \
		"$fixtures/two.json" > newer.json
	refute cmp -s newer.json "$fixtures/two.json"
	s2 --from newer.json list
	expect_refused newer.json
}

@test "format versions that are no numbers" {
	for version in '"1"' 1.5 -1 0 null 99999999999999999999 '[1]'; do
		sed "s/\"format_version\": *1\\b/\"format_version\": $version/" \
			"$fixtures/two.json" > odd.json
		s2 --from odd.json list
		expect_refused odd.json
	done
}

@test "100 MB of nesting, and 100 MB of one string" {
	python3 -c 'print("[" * 100_000_000, end="")' > deep.json
	s2 --from deep.json list
	expect_refused deep.json
	python3 -c 'print("{\"a\":" * 20_000_000, end="")' > deep.json
	s2 --from deep.json list
	expect_refused deep.json
	{ printf '{"kind":"'; head -c 100000000 /dev/zero | tr '\0' x; } > deep.json
	s2 --from deep.json list
	expect_refused deep.json
}

@test "numbers that are none, or do not fit" {
	for number in 1e99 18446744073709551616 -4096 '"0x1000"' true 1.5; do
		sed "0,/\"gpa\": *[0-9]*/s//\"gpa\": $number/" \
			"$fixtures/two.json" > odd.json
		refute cmp -s odd.json "$fixtures/two.json"
		s2 --from odd.json show
		expect_refused odd.json
	done
}

@test "words that this version does not know" {
	sed '0,/"class": *"ram"/s//"class": "rum"/' "$fixtures/two.json" > odd.json
	refute cmp -s odd.json "$fixtures/two.json"
	s2 --from odd.json show
	[[ $status -eq 1 || $status -eq 3 ]]
	[[ -n $stderr && $stderr == "s2ctl: "* ]]
}

@test "a snapshot on standard input" {
	run --separate-stderr bash -c '"$1" --from - list -n -r -o ID < "$2"' \
		bash "$s2ctl" "$fixtures/two.json"
	expect_status 0
	[[ $output == $'1\n2' ]]
}

@test "a snapshot of a snapshot says the same" {
	s2json --from "$fixtures/two.json" snapshot
	expect_status 0
	cp out.json again.json
	s2json --from again.json snapshot
	expect_status 0
	cmp out.json again.json
	for command in list show audit host; do
		s2 --from "$fixtures/two.json" "$command" --json
		first=$output
		s2 --from again.json "$command" --json
		[[ $output == "$first" ]]
	done
}

@test "a file is written whole, with mode 0600, in place of an older one" {
	echo old > host.json
	chmod 644 host.json
	s2 --from "$fixtures/two.json" snapshot -o host.json
	expect_status 0
	[[ $output == *0600*host.json* ]]
	[[ $(stat -c %a host.json) == 600 ]]
	python3 "$root/tests/cli/validate" host.json
	[[ $(ls) == host.json ]]
}

@test "a file is not replaced when writing fails" {
	make_large
	echo old > host.json
	run --separate-stderr bash -c 'ulimit -f 1; trap "" XFSZ
		"$1" --from "$2" snapshot -o host.json' \
		bash "$s2ctl" "$large"
	expect_status 1
	expect_one_line "host.json"
	[[ $(cat host.json) == old ]]
	[[ $(ls) == host.json ]]
}

@test "a symbolic link is followed, a device is not replaced" {
	ln -s real.json link.json
	echo old > real.json
	s2 --from "$fixtures/two.json" snapshot -o link.json
	expect_status 0
	[[ -L link.json && ! -L real.json ]]
	python3 "$root/tests/cli/validate" real.json
	s2 --from "$fixtures/two.json" snapshot -o /dev/full
	expect_status 1
	expect_one_line "No space left on device"
	[[ -c /dev/full ]]
	s2 --from "$fixtures/two.json" snapshot -o /dev/null
	expect_status 0
	[[ -c /dev/null ]]
}

@test "a directory, and a file in a directory that does not exist" {
	mkdir there
	s2 --from "$fixtures/two.json" snapshot -o there
	expect_refused "there"
	s2 --from "$fixtures/two.json" snapshot -o nowhere/host.json
	expect_refused "nowhere/host.json"
}
