# SPDX-License-Identifier: GPL-2.0-only
# Site policies: what is refused, what is planned, what would be denied.

load common

setup_file() {
	use_sanitizers
}

example=$root/packaging/policy.d/00-example.json

# MATCH CONSTRAINTS MODE: a policy of one rule, 'a', in p.json.
policy() {
	printf '{"format_version":1,"rules":[{"id":"a","match":{%s},%s}]}\n' \
		"$1" "\"constraints\":[$2],\"mode\":\"$3\"" > p.json
}

# The two VMs with their users known, and VM 2 with a name: nothing is missing.
known() {
	python3 "$BATS_TEST_DIRNAME/edit" "$fixtures/two.json" "
d['vms'][0].update(uid=64055, cgroup='/machine.slice/a.scope')
d['vms'][1].update(uid=0, cgroup='/user.slice', name='db')
for vm in d['vms']:
    for e in vm['extents']:
        if e.get('bdf'):
            e['pci_id'] = '10de:2342'" > known.json
}

@test "the example is valid, for us and for the schema" {
	s2 policy check --offline "$example"
	expect_status 0
	[[ $output == "4 rules, nothing wrong with them." ]]
	python3 "$root/tests/cli/validate" --policy "$example"
}

@test "the manual's example is valid, too" {
	sed -n '/^\.Bd -literal$/,/^\.Ed$/p' "$root/man/s2ctl.policy.5" |
		sed '1d;$d' > manual.json
	s2 policy check --offline manual.json
	expect_status 0
	[[ $output == "3 rules, nothing wrong with them." ]]
	python3 "$root/tests/cli/validate" --policy manual.json
}

@test "what the schema refuses, we refuse" {
	policy '' '"force"' enforce
	refute python3 "$root/tests/cli/validate" --policy p.json
	s2 policy check --offline p.json
	expect_status 1
	policy '"vm":{}' '"noexec"' enforce
	refute python3 "$root/tests/cli/validate" --policy p.json
	s2 policy check --offline p.json
	expect_status 1
}

@test "what the schema refuses, we refuse: the host's lock, BARs of no such class" {
	for match in '' '"class":["ram"]' '"device":["10de:*"],"class":["ram"]'; do
		policy "$match" '"locked"' enforce
		refute python3 "$root/tests/cli/validate" --policy p.json
		s2 policy check --offline p.json
		expect_status 1
	done
	expect_one_line "match.class: with 'device', only io, io-nc and pfnmap-wb"
	for match in '"vm":{"uid":1}' '"device":["10de:*"],"class":["pfnmap-wb"]'; do
		policy "$match" '"locked"' enforce
		python3 "$root/tests/cli/validate" --policy p.json
		s2 policy check --offline p.json
		expect_status 0
	done
	policy '"vm":{"name":"a	b"}' '"noexec"' enforce
	s2 policy check --offline p.json
	expect_status 1
	expect_one_line "p.json:1: not JSON: a control character in a string"
}

@test "the schema has the constraints that there are, but force" {
	s2json explain -j
	python3 - "$root/lib/schema/s2ctl-policy-1.schema.json" <<- 'END'
	import json, sys
	rule = json.load(open(sys.argv[1]))["definitions"]["rule"]["properties"]
	schema = set(rule["constraints"]["items"]["enum"])
	ours = {w["word"] for w in json.load(open("out.json"))["words"]
	        if w["kind"] == "constraint"}
	assert schema == ours - {"force"}, (schema, ours)
	END
}

@test "mistakes: one line, with file, line and place" {
	printf '// x\n{"format_version":1,\n"rules":[{"id":"a",\n"mod":1}]}' > p.json
	s2 policy check p.json
	expect_status 1
	[[ -z $output ]]
	expect_one_line "p.json:4: rules[0].mod: unknown key"
	printf '{\n"rules": x}' > p.json
	s2 policy check p.json
	expect_status 1
	expect_one_line "p.json:2: not JSON"
	s2 policy check nowhere.json
	expect_status 1
	expect_one_line "nowhere.json: No such file"
	s2 policy apply nowhere.json
	expect_status 1
	expect_one_line "nowhere.json: No such file"
}

@test "an error shows nothing that a terminal would obey" {
	printf '{"format_version":1,"rules":[],"\033[2J":1}' > p.json
	s2 policy check p.json
	expect_status 1
	[[ $stderr != *$'\033'* ]]
}

@test "a directory: in order of name, and only what ends in .json" {
	mkdir d
	policy '' '"noexec"' audit
	sed 's/"a"/"b"/' p.json > d/2.json
	cp p.json d/1.json
	echo nonsense > d/notes
	s2 policy check --offline d
	expect_status 0
	[[ $output == "2 rules, nothing wrong with them." ]]
	cp p.json d/3.json
	s2 policy check --offline d
	expect_status 1
	expect_one_line "d/3.json:1: rules[0].id: 'a' is the id of a rule at d/1.json:1 already"
}

@test "from standard input" {
	policy '' '"noexec"' audit
	s2 policy check --offline - < p.json
	expect_status 0
	[[ $output == "1 rule, nothing wrong with it." ]]
}

@test "what a snapshot's VMs would be denied" {
	known
	policy '"class":["ram"]' '"floor=nc"' enforce
	s2 policy check --from known.json p.json
	expect_status 2
	[[ ${lines[1]} =~ ^set\ .*\ ram\ +floor=nc\ +enforce\ +12M\ a$ ]]
	[[ $output == *"12M in use would be denied." ]]
	s2json policy check --from known.json -j p.json
	expect_status 2
	holds kind '"policy-plan"' complete true plan.0.action '"set"' \
		plan.0.scope '"host"' plan.0.class '"ram"' plan.0.vm null \
		plan.0.denied_bytes 12582912 \
		plan.0.old_constraints '["require-fwb"]' \
		plan.0.rules '"a"' plan.0.severity '"medium"' \
		vms.0.id 1 vms.0.extents.0.verdict '"deny"' \
		vms.0.extents.0.reason '"floor"'
}

@test "audit denies nothing, and is told apart" {
	known
	policy '"class":["ram"]' '"floor=nc"' audit
	s2json policy check --from known.json -j p.json
	expect_status 0
	holds plan.0.denied_bytes 0 plan.0.would_deny_bytes 12582912 \
		vms.0.extents.0.verdict '"would-deny"'
}

@test "rules for VMs, by what the kernel says and what the VMM says" {
	known
	policy '"vm":{"uid":64055,"name":"w*"},"class":["io-nc"]' '"match-vma"' enforce
	s2json policy check --from known.json -j p.json
	expect_status 2
	holds plan.0.scope '"vm"' plan.0.vm 1 plan.0.name '"web"' \
		plan.0.denied_bytes 16777216
	policy '"vm":{"uid":64055,"name":"x*"}' '"match-vma"' enforce
	s2json policy check --from known.json -j p.json
	expect_status 0
	holds plan '[]'
}

@test "rules for devices" {
	known
	policy '"device":["10de:*"]' '"floor=device"' enforce
	s2json policy check --from known.json -j p.json
	expect_status 0
	holds plan.0.scope '"slot"' plan.0.vm 1 plan.0.slot 1 \
		plan.1.vm 2 plan.1.slot 3 plan.1.class null
	# Also where the device's memory is mapped cacheable
	python3 "$BATS_TEST_DIRNAME/edit" known.json "
for vm in d['vms']:
    for e in vm['extents']:
        if e.get('bdf'):
            e['class'] = 'pfnmap-wb'" > wb.json
	policy '"device":["10de:*"],"class":["pfnmap-wb"]' '"noexec"' enforce
	s2json policy check --from wb.json -j p.json
	expect_status 0
	holds plan.0.vm 1 plan.0.slot 1
}

@test "what is not known is not guessed" {
	policy '"vm":{"uid":5}' '"noexec"' audit
	s2json policy check --from "$fixtures/two.json" -j p.json
	expect_status 3
	holds complete false plan '[]'
	[[ $stderr == *"rule 'a': the user of VM 1 is not known"* ]]
}

@test "rules that contradict each other: the stronger mode, and it is said" {
	known
	cat > p.json <<- 'END'
	{"format_version":1,"rules":[
	{"id":"a","match":{"vm":{"name":"web"},"class":["gmem"]},"constraints":["noexec"],"mode":"audit"},
	{"id":"b","match":{"vm":{"uid":64055},"class":["gmem"]},"constraints":["match-vma"],"mode":"enforce"}]}
	END
	s2 policy check --offline p.json
	expect_status 0
	s2json policy check --from known.json -j p.json
	expect_status 3
	holds plan.0.vm 1 plan.0.mode '"enforce"' plan.0.rules '"a,b"' \
		plan.0.constraints '["noexec", "match-vma"]' \
		problems.0.code '"contradiction"'
	expect_one_line "p.json:3: rule 'b' would enforce for VM 1, class gmem, and rule 'a' (p.json:2) audit"
	printf '{"format_version":1,"rules":[%s,%s]}' \
		'{"id":"a","constraints":["noexec"],"mode":"audit"}' \
		'{"id":"b","constraints":["noexec"],"mode":"enforce"}' > p.json
	s2 policy check --offline p.json
	expect_status 1
	expect_one_line "of the host"
}

@test "only what is severe enough counts" {
	known
	printf '{"format_version":1,"rules":[{"id":"a","match":{"class":["ram"]},%s}]}' \
		'"constraints":["floor=nc"],"mode":"enforce","severity":"low"' > p.json
	s2 policy check --from known.json p.json
	expect_status 2
	s2 policy check --from known.json --fail-on=low p.json
	expect_status 2
	s2 policy check --from known.json --fail-on=medium p.json
	expect_status 0
	[[ $output == *"12M in use would be denied." ]]
}

@test "what is in force in a snapshot counts" {
	known
	python3 "$BATS_TEST_DIRNAME/edit" known.json "
d['policies'].append({'class': 'io-nc', 'owner': 'vmm', 'mode': 'enforce',
                      'constraints': ['floor=device'], 'generation': 1})" > floor.json
	policy '"class":["io-nc"]' '"match-vma"' enforce
	s2 policy check --from known.json p.json
	expect_status 2
	s2 policy check --from floor.json p.json
	expect_status 0
	python3 "$BATS_TEST_DIRNAME/edit" known.json "
del d['policies']
for vm in d['vms']: del vm['policies']" > none.json
	s2 policy check --from none.json p.json
	expect_status 2
}

@test "to prune without a rule takes --force" {
	echo '{"format_version":1,"rules":[]}' > p.json
	s2 policy apply --prune p.json
	expect_status 1
	expect_one_line "there are no rules, and --prune would clear all that is set: nothing was set"
}

@test "what cannot be shown is not set" {
	policy '"class":["ram"]' '"noexec"' audit
	run --separate-stderr bash -c "'$s2ctl' policy apply p.json > /dev/full"
	expect_status 1
	[[ $stderr == *"nothing was set"* ]]
	run --separate-stderr bash -c "'$s2ctl' policy apply -j p.json > /dev/full"
	expect_status 1
	[[ $stderr == *"nothing was set"* ]]
}

@test "columns, raw, no headings" {
	known
	policy '"class":["ram"]' '"floor=nc"' enforce
	s2 policy check --from known.json -rn -o class,denied_bytes p.json
	expect_status 2
	[[ $output == "ram 12582912" ]]
	s2 policy check --list-columns
	expect_status 0
	[[ $output == *WOULD_DENY_BYTES* ]]
}

@test "JSON without a host" {
	s2json policy check --offline -j "$example"
	expect_status 0
	holds plan null vms null host null
}

@test "a kernel without policies: nothing is set, and it is said" {
	policy '"class":["ram"]' '"noexec"' audit
	s2 policy apply --force p.json
	expect_status 3
	[[ $stderr == *"nothing was set"* ]]
	s2json policy apply -j p.json
	expect_status 3
	holds applied false
	s2json policy check -j p.json
	expect_status 3
	holds applied null
	s2 policy check p.json
	expect_status 3
}

@test "wrong usage" {
	policy '"class":["ram"]' '"noexec"' audit
	s2 --from "$fixtures/two.json" policy apply p.json
	expect_usage "a snapshot cannot be changed"
	s2 policy check --offline --from x p.json
	expect_usage "exclude each other"
	s2 policy check --prune p.json
	expect_usage "--prune"
}
