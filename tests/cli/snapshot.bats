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

# unknown N: a snapshot with N words, each another, that nobody knows
unknown() {
	python3 - "$1" "$fixtures/two.json" <<- 'EOF'
	import json, sys
	said = json.load(open(sys.argv[2]))
	vm = said["vms"][0]
	vm["extents"] = [vm["extents"][0] | {
	    "gpa": 0x40000000 + n * 4096, "hpa": 0x80000000 + n * 4096,
	    "bytes": 4096, "class": f"class{n}"} for n in range(int(sys.argv[1]))]
	json.dump(said, sys.stdout)
	EOF
}

@test "of thousands of words that nobody knows, people are told a few" {
	local format

	unknown 40000 > odd.json
	for format in --json --format=jsonl --format=table; do
		s2 --from odd.json audit "$format"
		expect_status 3
		# and one of a rule that needs to know it
		[ "${#stderr_lines[@]}" -eq 12 ]
		[[ ${stderr_lines[0]} == *"'class0'"* ]]
		[[ ${stderr_lines[9]} == *"'class9'"* ]]
		[ "${stderr_lines[11]}" = "s2ctl: 39990 more problems of the kind unknown-value; --json has all of them" ]
	done
	# JSON has all
	s2 --from odd.json audit --json
	[ "$(jq '.problems | map(select(.code == "unknown-value")) | length' \
		<<< "$output")" -eq 40000 ]
	s2 --from odd.json show
	[ "${#stderr_lines[@]}" -eq 11 ]
	# up to there, each is told
	unknown 10 > odd.json
	s2 --from odd.json show
	[ "${#stderr_lines[@]}" -eq 10 ]
	# and a kind that is rare is not hidden by one that is not
	unknown 20 | jq '.problems += [{"code": "vm-gone", "text": "it went"}]' \
		> odd.json
	s2 --from odd.json show
	[ "${#stderr_lines[@]}" -eq 12 ]
	[[ $stderr == *"s2ctl: it went"* ]]
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

# The records of two VMs: host, vm, vm, end.
make_records() {
	s2 --from "$fixtures/two.json" snapshot
	expect_status 0
	printf '%s\n' "$output" > records.json
}

@test "records: one object a line, and what they say" {
	make_records
	python3 "$root/tests/cli/validate" --snapshot records.json
	[[ $(wc -l < records.json) -eq 4 ]]
	python3 - <<- 'END'
	import json
	lines = [json.loads(line) for line in open("records.json")]
	boot = "5d0a3c1e-1111-4222-8333-944445555666"
	assert [line["record"] for line in lines] == ["host", "vm", "vm", "end"]
	assert {line["boot_id"] for line in lines} == {boot}
	assert lines[0]["kind"] == "snapshot" and lines[0]["format_version"] == 1
	assert [line["id"] for line in lines[1:3]] == [1, 2]
	assert lines[3] == {"record": "end", "boot_id": boot, "vms": 2,
	                    "problems": 0, "complete": True}
	END
	s2 --from "$fixtures/two.json" snapshot --pretty
	python3 "$root/tests/cli/validate" <(printf '%s' "$output")
	printf '%s\n' "$output" > pretty.json
	s2 --from pretty.json snapshot
	[[ $output == "$(< records.json)" ]]
}

@test "records: read as the one document is, whatever the order of keys" {
	make_records
	python3 - <<- 'END'
	import json
	lines = [json.loads(line) for line in open("records.json")]
	with open("sorted.json", "w") as file:
	    for line in lines:
	        print(json.dumps(line, sort_keys=True, indent=1), file=file)
	with open("newer.json", "w") as file:
	    for line in lines[:3] + [{"record": "moon", "x": [1]}] + lines[3:]:
	        print(json.dumps(line | {"new": {"a": [None]}}), file=file)
	END
	for command in list 'list 2' show 'show 1' audit host snapshot \
		'audit --format=jsonl' 'audit --format=jsonl 2' 'policy get'; do
		read -ra argv <<< "$command"
		s2 --from "$fixtures/two.json" "${argv[@]}"
		first=$output was=$status
		for file in records.json sorted.json newer.json; do
			s2 --from "$file" "${argv[@]}"
			expect_status "$was"
			[[ $output == "$first" ]]
			s2 --from - "${argv[@]}" < "$file"
			expect_status "$was"
			[[ $output == "$first" ]]
		done
	done
}

@test "records: what is cut is noticed, at every line and within them" {
	make_records
	for n in 1 2 3; do
		head -n "$n" records.json > cut.json
		s2 --from cut.json list
		expect_refused "cut.json:$((n + 1)): not a snapshot: it ends early"
	done
	size=$(stat -c %s records.json)
	for part in 1 10 25 50 75 90 99; do
		head -c $((size * part / 100)) records.json > cut.json
		for command in list 'audit --format=jsonl'; do
			read -ra argv <<< "$command"
			s2 --from cut.json "${argv[@]}"
			expect_refused cut.json
		done
	done
}

@test "records: one too few, one too many, and out of place" {
	make_records
	sed 2d records.json > few.json
	s2 --from few.json list
	expect_refused 'few.json:3: not a valid snapshot: vms: 2 were written, and 1 are here'
	sed '3{p;s/"id":2,/"id":3,/}' records.json > many.json
	s2 --from many.json list
	expect_refused 'many.json:5: not a valid snapshot: vms: 2 were written, and 3 are here'
	sed '3p;s/"vms":2,/"vms":3,/' records.json > twice.json
	s2 --from twice.json list
	expect_refused "twice.json:4: not a valid snapshot: vms: 2 is there twice"
	sed '1{h;d};2G' records.json > first.json
	s2 --from first.json list
	expect_refused "first.json:1: not a valid snapshot: format_version: missing"
	{ cat records.json; sed -n 2p records.json; } > behind.json
	s2 --from behind.json list
	expect_refused "behind.json:5: not a valid snapshot: something follows the last record"
	sed '2s/"record":"vm",//' records.json > none.json
	s2 --from none.json list
	expect_refused "none.json:2: not a valid snapshot: record: missing"
	sed '1s/"kind":"snapshot"/"kind":"audit"/' records.json > kind.json
	s2 --from kind.json list
	expect_refused 'kind.json:1: not a valid snapshot: kind: not "snapshot"'
	s2 --from "$fixtures/two.json" audit --format=jsonl
	printf '%s\n' "$output" > audit.json
	s2 --from audit.json list
	expect_refused 'audit.json:1: not a valid snapshot: kind: not "snapshot"'
}

@test "records of several hosts: said in one line, and one is taken out" {
	make_records
	sed 's/5d0a3c1e-1111/5d0a3c1e-2222/; s/"name":"web"/"name":"other"/' \
		records.json > other.json
	cat records.json other.json > both.json
	for command in list 'audit --format=jsonl' snapshot; do
		read -ra argv <<< "$command"
		s2 --from both.json "${argv[@]}"
		expect_refused "both.json:5: a second host begins here"
		[[ $stderr == *'"5d0a3c1e-1111-4222-8333-944445555666"'* ]]
	done
	# A VM of another host among those of this
	sed '3s/5d0a3c1e-1111/5d0a3c1e-2222/' records.json > mixed.json
	s2 --from mixed.json list
	expect_refused "mixed.json:3: a second host begins here"
	command -v jq > /dev/null || skip "jq is not installed"
	jq -c 'select(.boot_id == "5d0a3c1e-2222-4222-8333-944445555666")' \
		both.json > one.json
	s2 --from one.json list -n -r -o NAME
	expect_status 0
	[[ ${lines[0]} == other ]]
}

@test "a number above 2^53 is read as it is written" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'][0]['slots'][0]['hva'] = 2 ** 64 - 1
d['vms'][0]['slots'][1]['hva'] = 2 ** 53 + 1" > large.json
	s2 --from large.json snapshot
	expect_status 0
	[[ $output == *'"hva":18446744073709551615,'* ]]
	[[ $output == *'"hva":9007199254740993,'* ]]
}

@test "a key that is there twice is refused, with its line" {
	sed '0,/"slot": *[0-9]*,/s//"x": 1, "x": 2, &/' "$fixtures/two.json" \
		> twice.json
	s2 --from twice.json list
	expect_refused "the key 'x' is there twice"
	[[ $stderr =~ twice\.json:[0-9]+:\  ]]
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
