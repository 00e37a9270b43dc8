# SPDX-License-Identifier: GPL-2.0-only
# Waivers and baselines of s2ctl audit.  Of these rules two.json has S2-006
# (medium) in slot 3 of VM 2, S2-003 (low) in 16M at 32G of VM 1, "web".

load common

setup_file() {
	use_sanitizers
}

# RULE MORE EXPIRES: a file of one waiver, 'a', in w.json.
waiver() {
	printf '{"format_version":1,"waivers":[\n{"id":"a","rule":"%s",%s%s}]}\n' \
		"$1" "$2" "\"statement\":\"ticket 1\",\"expires\":\"$3\"" > w.json
}

@test "the example is valid, for us and for the schema" {
	s2 --from "$fixtures/two.json" audit --waivers "$root/packaging/waivers.json"
	expect_status 2
	python3 "$root/tests/cli/validate" --waivers "$root/packaging/waivers.json"
}

@test "the manual's example is valid, too" {
	sed -n '/^\.Bd -literal$/,/^\.Ed$/p' "$root/man/s2ctl.waivers.5" |
		sed '1d;$d' > manual.json
	s2 --from "$fixtures/two.json" audit --waivers manual.json
	expect_status 2
	python3 "$root/tests/cli/validate" --waivers manual.json
}

@test "what the schema refuses, we refuse" {
	for more in '"vm":{},' '"slot":-1,' '"range":{"gpa":0,"bytes":0},' \
		'"slot":1,"range":{"gpa":0,"bytes":1},' '"vm":{"pid":1},' \
		'"because":1,'; do
		waiver S2-006 "$more" 2999-01-01
		refute python3 "$root/tests/cli/validate" --waivers w.json
		s2 --from "$fixtures/two.json" audit --waivers w.json
		expect_status 1
	done
}

@test "a waived finding stays, is marked, and does not count" {
	waiver S2-006 '"slot":3,' 2999-12-31
	s2 --from "$fixtures/two.json" audit --rule S2-003,S2-006 --waivers w.json
	expect_status 0
	[[ -z $stderr ]]
	[[ ${lines[1]} =~ ^S2-006\ +medium\ +yes ]]
	[[ ${lines[2]} =~ ^S2-003\ +low\ +no ]]
	[[ $output == *"1 finding: 1 low; 1 waived."* ]]
	s2 --from "$fixtures/two.json" audit --rule S2-003,S2-006 --waivers w.json --fail-on=low
	expect_status 2
	s2json --from "$fixtures/two.json" audit --rule S2-003,S2-006 -j --waivers w.json
	expect_status 0
	# 3000-01-01: 376200 days after 1970-01-01
	holds findings.0.rule '"S2-006"' findings.0.waived true \
		findings.0.waiver '"ticket 1"' findings.0.expires 32503680000 \
		findings.1.waived false findings.1.waiver null \
		findings.1.expires null summary.medium 0 summary.low 1 \
		summary.waived 1
}

@test "the range must cover the finding" {
	waiver S2-003 '"range":{"gpa":34359738368,"bytes":16777216},' 2999-12-31
	s2json --from "$fixtures/two.json" audit --rule S2-003,S2-006 -j --waivers w.json
	holds findings.1.waived true
	waiver S2-003 '"range":{"gpa":34359738368,"bytes":16777215},' 2999-12-31
	s2json --from "$fixtures/two.json" audit --rule S2-003,S2-006 -j --waivers w.json
	holds findings.1.waived false findings.1.waiver null
}

@test "an expired waiver: the finding is back, and it is said" {
	waiver S2-006 '' 2020-02-29
	s2json --from "$fixtures/two.json" audit --rule S2-003,S2-006 -j --waivers w.json
	expect_status 2
	# 2020-03-01: 18322 days after 1970-01-01
	holds findings.0.waived false findings.0.waiver '"ticket 1"' \
		findings.0.expires 1583020800 summary.medium 1 summary.waived 0
	expect_one_line "w.json:2: waiver 'a' expired on 2020-02-29: 1 finding of S2-006 counts again"
}

@test "a waiver that is for nothing: said with --verbose only" {
	waiver S2-006 '"vm":{"name":"web"},' 2999-12-31
	s2 --from "$fixtures/two.json" audit --rule S2-003,S2-006 --waivers w.json
	expect_status 2
	[[ -z $stderr ]]
	s2 --from "$fixtures/two.json" audit --rule S2-003,S2-006 -v --waivers w.json
	expect_status 2
	[[ $stderr == *"s2ctl: w.json:2: waiver 'a' is for no finding"* ]]
}

@test "a waiver file that is missing or wrong: one line, 1, no output" {
	s2 --from "$fixtures/two.json" audit --rule S2-003,S2-006 --waivers nowhere.json
	expect_status 1
	[[ -z $output ]]
	expect_one_line "nowhere.json: No such file"
	printf '{"format_version":1,\n"waivers":[{"id":"a",\n"rul":1}]}' > w.json
	s2 --from "$fixtures/two.json" audit --rule S2-003,S2-006 --waivers w.json
	expect_status 1
	[[ -z $output ]]
	expect_one_line "w.json:3: waivers[0].rul: unknown key"
	waiver S2-006 '' tomorrow
	s2 --from "$fixtures/two.json" audit --rule S2-003,S2-006 --waivers w.json
	expect_status 1
	expect_one_line "w.json:2: waivers[0].expires: not a day"
	s2 --from "$fixtures/two.json" audit --rule S2-003,S2-006 --waivers .
	expect_status 1
	expect_one_line "Is a directory"
}

@test "waivers from standard input, which can be read once" {
	waiver S2-006 '' 2999-12-31
	s2 --from "$fixtures/two.json" audit --rule S2-003,S2-006 --waivers - < w.json
	expect_status 0
	s2 --from - audit --rule S2-003,S2-006 --waivers -
	expect_usage "standard input can be one of the files only"
	s2 --from "$fixtures/two.json" audit --policy - --waivers - < w.json
	expect_usage "standard input can be one of the files only"
}

@test "a baseline: only what is new" {
	s2json --from "$fixtures/two.json" audit -j
	cp out.json old.json
	s2 --from "$fixtures/two.json" audit --baseline old.json
	expect_status 0
	[[ $output == "No new findings." ]]
	# I/O memory of VM 2 that has become executable
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'][1]['extents'][0]['perm'] = 'rwx'" > new.json
	s2json --from new.json audit -j --baseline old.json
	expect_status 2
	holds findings.0.rule '"S2-005"' summary.high 1 summary.medium 0 \
		summary.low 0
	# What was waived then and is not any more
	waiver S2-006 '' 2999-12-31
	s2json --from "$fixtures/two.json" audit -j --waivers w.json
	cp out.json old.json
	s2 --from "$fixtures/two.json" audit -rn -o RULE --baseline old.json
	expect_status 2
	[[ $output == S2-006 ]]
}

# In two.json constraints denied 3 faults in slot 1 of VM 1, and would have denied
# 12 in its memory of class io-nc.
@test "a baseline: faults are counted from there on" {
	s2 --from "$fixtures/two.json" audit -j
	echo "$output" > old.json
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'][0]['policies'][2]['denied'] = 8" > new.json
	for format in json jsonl; do
		s2 --from new.json audit --baseline old.json --format $format
		expect_status 2
		[[ $output == *'"constraints denied 5 faults since the baseline"'* ]]
		[[ $output != *"would have denied"* ]]
	done
	# After a reboot all begin at zero.
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['host']['boot_id'] = '00000000-1111-4222-8333-944445555666'" > booted.json
	s2 --from booted.json audit -rn -o STATEMENT --rule S2-010 \
		--baseline old.json
	expect_status 2
	[[ $output == *'denied\x203\x20faults'*'denied\x2012\x20faults'* ]]
}

@test "a baseline that is none: one line, 1" {
	s2 --from "$fixtures/two.json" audit --baseline "$fixtures/two.json"
	expect_status 1
	[[ -z $output ]]
	expect_one_line "two.json:3: not a valid audit: kind: not \"audit\""
	echo '{' > old.json
	s2 --from "$fixtures/two.json" audit --baseline old.json
	expect_status 1
	expect_one_line "old.json:2: not an audit: the JSON ends early"
	s2 --from "$fixtures/two.json" audit --baseline nowhere.json
	expect_status 1
	expect_one_line "nowhere.json: No such file"
}
