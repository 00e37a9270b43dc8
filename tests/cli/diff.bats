# SPDX-License-Identifier: GPL-2.0-only
# s2ctl diff; expected rows worked out by hand.

load common

setup_file() {
	use_sanitizers
}

# two.json, later: another kernel, VM 2 gone, VM 3 new, a slot moved and one
# mapped anew, a policy of the host's taken back
later() {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['host']['release'] = '6.12.118-s2'
d['host']['fwb'] = False
d['policies'] = []
v = d['vms'][0]
v['slots'][1].update(gpa=34376515584, predicted='device', mapped='device')
new = dict(d['vms'][1], id=3, name='db', slots=[], extents=[])
d['vms'] = [new, v]" > later.json
}

@test "nothing differs: 0" {
	s2 diff "$fixtures/two.json" "$fixtures/two.json"
	expect_status 0
	[[ $output == "No differences." && -z $stderr ]]
	s2 diff -r "$fixtures/two.json" "$fixtures/two.json"
	expect_status 0
	[[ -z $output ]]
}

@test "what differs, in order: 2" {
	later
	s2 diff -r "$fixtures/two.json" later.json
	expect_status 2
	[[ -z $stderr ]]
	# VM 1 has a UUID, VM 3 a name, VM 2 neither.  Without FEAT_S2FWB there is
	# no cacheable memory without an alias; the facts of VM 1 still say fwb.
	diff - <(echo "$output") <<- 'END'
	WHAT CHANGE VM NAME SLOT CLASS FIELD OLD NEW
	host changed - - - - release 6.12.117-s2 6.12.118-s2
	host changed - - - - fwb yes no
	host changed - - - - cacheable_pfnmap yes no
	policy changed - - - ram constraints require-fwb none
	policy changed - - - ram mode enforce none
	slot changed 1 web 1 - gpa 0x800000000 0x801000000
	slot changed 1 web 1 - predicted nc device
	slot changed 1 web 1 - mapped nc device
	vm new 3 db - - - - -
	vm gone 2 - - - - - -
	END
}

@test "the same the other way around, and twice the same" {
	later
	s2 diff -rn -o change,vm later.json "$fixtures/two.json"
	expect_status 2
	[[ $(grep -v ^changed <<< "$output") == $'gone 3\nnew 2' ]]
	first=$output
	s2 diff -rn -o change,vm later.json "$fixtures/two.json"
	[[ $output == "$first" ]]
}

@test "JSON: the same shape for none and for many" {
	later
	s2json diff -j "$fixtures/two.json" later.json
	expect_status 2
	holds kind '"diff"' complete true vms null findings null \
		host.release '"6.12.118-s2"' \
		differences.0.what '"host"' differences.0.field '"release"' \
		differences.0.old '"6.12.117-s2"' differences.0.vm null \
		differences.3.class '"ram"' differences.3.owner '"admin"' \
		differences.5.uuid '"c0ffee00-0000-4000-8000-000000000001"' \
		differences.5.slot 1 differences.8.change '"new"' \
		differences.8.field null differences.8.new null
	s2json diff -j "$fixtures/two.json" "$fixtures/two.json"
	expect_status 0
	holds differences '[]'
	s2json --from "$fixtures/two.json" audit -j
	holds differences null
}

@test "counters: with --all only" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'][0]['pid'] = 7
d['vms'][0]['policies'][2]['denied'] = 4" > later.json
	s2 diff "$fixtures/two.json" later.json
	expect_status 0
	s2 diff --all -rn -o what,vm,slot,owner,field,old,new "$fixtures/two.json" later.json
	expect_status 2
	[[ $output == $'vm 1 - - pid 1200 7\npolicy 1 1 admin denied 3 4' ]]
}

@test "one from standard input, and --from for the second" {
	later
	s2 diff "$fixtures/two.json" - < later.json
	expect_status 2
	s2 diff - later.json < "$fixtures/two.json"
	expect_status 2
	s2 --from later.json diff "$fixtures/two.json"
	expect_status 2
	s2 --from "$fixtures/two.json" diff "$fixtures/two.json"
	expect_status 0
}

@test "what is not known on one side: 3, and no VM is said to be gone" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'] = []
d['complete'] = False
d['problems'] = [{'code': 'no-privilege', 'text': 'not allowed', 'attr': None,
                  'vm': None}]" > part.json
	s2json diff -j "$fixtures/two.json" part.json
	expect_status 3
	holds complete false differences '[]' problems.0.text '"new: not allowed"'
	expect_one_line "new: not allowed"
	s2 diff "$fixtures/two.json" part.json
	expect_status 3
	[[ $output == "No differences in what is known." ]]
}

@test "a name cannot reach the terminal as a control sequence" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'][0]['name'] = 'a\\x1b[31mb'" > later.json
	COLUMNS=200 s2 diff "$fixtures/two.json" later.json
	expect_status 2
	[[ $output == *'a\x1b[31mb'* && $output != *$'\e'* ]]
}

@test "wrong usage, and files that are none" {
	s2 diff
	expect_usage "diff: no snapshot given"
	s2 diff a b c
	expect_usage "diff: unexpected argument 'c'"
	s2 --from a diff b c
	expect_usage "exclude each other"
	s2 diff - -
	expect_usage "standard input can be one of the files only"
	s2 diff -o NOPE a b
	expect_usage "unknown column 'NOPE'"
	s2 diff nowhere.json "$fixtures/two.json"
	expect_status 1
	expect_one_line "nowhere.json: No such file"
	s2 diff --list-columns
	expect_status 0
	[[ $output == *OWNER* ]]
}
