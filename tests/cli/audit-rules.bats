# SPDX-License-Identifier: GPL-2.0-only
# Each rule of s2ctl audit on a snapshot that breaks it; what must be found was
# worked out by hand.  Also the filters, the site policy, and JSON Lines.

load common

# CODE: two.json after CODE has changed it, with VMs as v1 and v2.
edit() {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
v1, v2 = d['vms']
$1" > host.json
}

# RULE EXPECTED [OPTION...]: what the rule finds in host.json, severity first.
# Nothing is printed as nothing.
finds() {
	local rule=$1 want=$2
	shift 2
	s2 --from host.json audit --rule="$rule" -n -r \
		-o SEVERITY,VM,SLOT,GPA,BYTES,STATEMENT "$@"
	output=${output//'\x20'/ }
	[[ $output == "$want" ]] || {
		echo "found: $output"
		return 1
	}
}

@test "S2-001: wb without FEAT_S2FWB over memory that cannot be flushed" {
	# Of the two mapped extents of slot 0 one is 4 MiB at 0x40c00000.
	edit "
d['host']['fwb'] = False
for o in [v1] + v1['extents'] + v1['slots']:
    o['facts'] = [f for f in o['facts'] if f != 'fwb']
v1['extents'][2]['facts'] = ['vma', 'vm-pfnmap', 'pfn']
v1['extents'][2]['class'] = 'pfnmap-wb'"
	finds S2-001 "critical 1 0 0x40c00000 4194304 mapped wb without FEAT_S2FWB over memory that the host cannot flush (pfnmap-wb)"
	expect_status 2
	cp "$fixtures/two.json" host.json
	finds S2-001 ""
}

@test "S2-004: one host page with two types" {
	# The BAR of VM 1 (16 MiB, nc) begins where that of VM 2 (2 MiB, device) does.
	edit "v1['extents'][4]['hpa'] = v2['extents'][0]['hpa']"
	finds S2-004 "medium 1 1 0x800000000 2097152 mapped nc, and the same host memory is mapped device in slot 3 of VM 2"
	expect_status 2
	s2json --from host.json audit -j --rule S2-004
	holds \
		findings.0.evidence.other_vm 2 \
		findings.0.evidence.other_slot 3 \
		findings.0.evidence.other_gpa 268435456 \
		findings.0.evidence.other_mapped '"device"' \
		findings.0.evidence.hpa 285212672
	# RAM of VM 1, wb, below the last MiB of the BAR of VM 2: high, and no address
	edit "v1['extents'][2]['hpa'] = v2['extents'][0]['hpa'] + (1 << 20)"
	finds S2-004 "high 1 0 0x40c00000 1048576 mapped wb, and the same host memory is mapped device in slot 3 of VM 2"
	s2json --from host.json audit -j --rule S2-004
	holds findings.0.evidence.hpa null
	# The VM that has it as well was not asked for
	finds S2-004 "" 1
}

@test "S2-004: what no shortcut finds otherwise" {
	"$root/tests/bench/many" 40 7 > many.json
	s2json --from many.json audit -j --rule S2-004
	python3 - <<- 'END'
	import itertools, json
	want = {}
	maps = [(e["hpa"], e["hpa"] + e["bytes"], e["mapped"], v["id"], e["slot"])
	        for v in json.load(open("many.json"))["vms"] for e in v["extents"]
	        if e.get("hpa") is not None and e["mapped"] != "unmapped"]
	for x, y in itertools.combinations(maps, 2):
	    both = min(x[1], y[1]) - max(x[0], y[0])
	    if both > 0 and x[2] != y[2] and x[3:] != y[3:]:
	        pair = tuple(sorted([x[3:], y[3:]]))
	        want[pair] = want.get(pair, 0) + both
	got = {((f["vm"], f["slot"]), (f["evidence"]["other_vm"],
	        f["evidence"]["other_slot"])): f["bytes"]
	       for f in json.load(open("out.json"))["findings"]}
	assert want and got == want, (len(got), len(want))
	END
}

@test "S2-007: a device that the site has not approved" {
	edit "v1['extents'][4]['pci_id'] = '10de:2342'"
	cat > site.json <<- 'END'
	{ "format_version": 1, "rules": [], "approved_devices": [
		// another device of the same vendor
		{ "device": "10de:2343", "types": ["nc"] } ] }
	END
	python3 "$root/tests/cli/validate" --policy site.json
	finds S2-007 "medium 1 1 0x800000000 16777216 BAR 2 of 0000:00:02.0 (10de:2342) is mapped nc, which the site has not approved" \
		--policy site.json
	expect_status 2
	sed -i 's/10de:2343/10de:*/' site.json
	finds S2-007 "" --policy site.json
	expect_status 0
	# Nobody is asked
	finds S2-007 ""
}

@test "S2-008: no host policy, or one that only audits" {
	cp "$fixtures/two.json" host.json
	finds S2-008 "low - - - - no host policy for memory in use of class io,io-nc"
	edit "
d['policies'] = [dict(d['policies'][0], **{'class': c}, mode=m)
    for c, m in (('ram', 'audit'), ('io', 'enforce'), ('io-nc', 'audit'))]"
	finds S2-008 "info - - - - the host's policy is only audited for memory of class ram,io-nc"
	edit "d['host']['features'].remove('policy')"
	finds S2-008 ""
}

@test "S2-009: memory against the site policy, and a policy that is not set" {
	cp "$fixtures/two.json" host.json
	cat > site.json <<- 'END'
	{ "format_version": 1, "rules": [
		{ "id": "no-nc", "match": { "class": ["io-nc"] },
		  "constraints": ["match-vma"], "mode": "audit",
		  "severity": "critical" },
		{ "id": "fwb", "match": { "class": ["ram"] },
		  "constraints": ["require-fwb"], "mode": "enforce" } ] }
	END
	# The BAR is device in the VMM and nc for the guest; fwb is set and kept
	finds S2-009 "critical 1 1 0x800000000 16777216 io-nc memory mapped nc is against the site policy: no-nc
info - - - - the site policy asks for 1 policy that is not set" --policy site.json
	expect_status 2
	s2json --from host.json audit -j --rule S2-009 --policy site.json
	holds \
		findings.0.evidence.site_rules '"no-nc"' \
		findings.0.evidence.mode '"audit"' \
		findings.0.evidence.constraints '["match-vma"]'
	finds S2-009 ""
}

@test "S2-010: counters above zero" {
	edit "
v1['policies'] = []
v2['slots'][0].update(denied=0, would_deny=1)
v2['slots'][1].update(denied=4, would_deny=9)"
	finds S2-010 "medium 2 0 0x40000000 67108864 constraints denied 4 faults
low 2 3 0x10000000 16777216 constraints would have denied 1 fault"
	expect_status 2
}

@test "S2-011: what a destination must have" {
	edit "
e = v1['extents'][0]
e['facts'] = ['vma', 'vm-pfnmap', 'pfn', 'fwb', 'dic']
e['class'] = 'pfnmap-wb'"
	finds S2-011 "info 1 - - - relies on FEAT_S2FWB: require-fwb is enforced
info 1 0 0x40000000 8388608 relies on FEAT_S2FWB and DIC: write-back memory that a host cannot flush"
	expect_status 0
}

@test "keys: the same in another audit, where the guest has touched more" {
	edit "
d['host']['fwb'] = False
for o in [v1] + v1['extents'] + v1['slots']:
    o['facts'] = [f for f in o['facts'] if f != 'fwb']"
	s2 --from host.json audit --rule S2-002 -n -r -o KEY
	[[ $output == "S2-002/uuid=c0ffee00-0000-4000-8000-000000000001/name=web/slot=0/gpa=0x40000000/class=ram" ]]
	python3 "$root/tests/cli/edit" host.json "
v = d['vms'][0]
v['id'], v['pid'], v['extents'] = 17, 99, v['extents'][2:]" > later.json
	first=$output
	s2 --from later.json audit --rule S2-002 -n -r -o KEY
	[[ $output == "$first" ]]
}

@test "filters: what is left out does not count" {
	s2 --from "$fixtures/two.json" audit --severity=medium -n -r -o RULE
	expect_status 2
	[[ $output == $'S2-006\nS2-010' ]]
	s2 --from "$fixtures/two.json" audit --severity=high --fail-on=info
	expect_status 0
	[[ $output == "No findings." ]]
	s2 --from "$fixtures/two.json" audit --rule S2-003,S2-011 -n -r -o RULE
	expect_status 0
	[[ $output == $'S2-003\nS2-011' ]]
	s2 --from "$fixtures/two.json" audit --vm 2 --rule S2-006 -n -r -o VM
	expect_status 2
	[[ $output == 2 ]]
	s2 --from "$fixtures/two.json" audit --vm web --rule S2-006
	expect_status 0
	# What a rule that is left out does not know is nobody's concern
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'][0]['extents'][0]['perm'] = None" > part.json
	s2 --from part.json audit --rule S2-003
	expect_status 0
	s2 --from part.json audit --rule S2-005
	expect_status 3
}

@test "wrong usage" {
	s2 --from "$fixtures/two.json" audit --rule S2-999
	expect_usage "there is no rule 'S2-999'"
	s2 --from "$fixtures/two.json" audit --rule S2-001,
	expect_usage "there is no rule ''"
	s2 --from "$fixtures/two.json" audit --severity worst
	expect_usage "worst"
	s2 --from "$fixtures/two.json" audit --format xml
	expect_usage "xml"
	s2 --from "$fixtures/two.json" audit --vm nobody
	expect_usage "nobody"
	s2 --from "$fixtures/two.json" audit --format jsonl nobody
	expect_usage "nobody"
	s2 --from "$fixtures/two.json" audit --format jsonl --json
	expect_usage "exclude each other"
	s2 --from "$fixtures/two.json" audit --policy nowhere.json
	expect_status 1
	[[ -z $output ]]
	expect_one_line "nowhere.json: No such file"
	echo '{ "format_version": 1 }' > site.json
	s2 --from "$fixtures/two.json" audit --policy site.json
	expect_status 1
	expect_one_line "site.json"
}

# SNAPSHOT STATUS [OPTION...]: --format jsonl says what --format json does.
same_as_json() {
	local file=$1 want=$2
	shift 2
	s2 --from "$file" audit --format=jsonl "$@"
	expect_status "$want"
	printf '%s\n' "$output" > out.jsonl
	printf '%s\n' "$stderr" | sort > jsonl.err
	python3 "$root/tests/cli/validate" --records out.jsonl
	s2json --from "$file" audit --format=json "$@"
	expect_status "$want"
	printf '%s\n' "$stderr" | sort | diff jsonl.err -
	python3 - <<- 'END'
	import json
	whole = json.load(open("out.json"))
	lines = [json.loads(line) for line in open("out.jsonl")]
	def bare(record):
	    return sorted(json.dumps({k: v for k, v in line.items() if k != "record"},
	                             sort_keys=True)
	                  for line in lines if line["record"] == record)
	def plain(objects):
	    return sorted(json.dumps(o, sort_keys=True) for o in objects)
	assert [line["record"] for line in lines].index("host") == 0
	assert bare("finding") == plain(whole["findings"])
	assert bare("problem") == plain(whole["problems"])
	assert bare("summary") == plain([dict(whole["summary"],
	                                      complete=whole["complete"])])
	host = dict(whole["host"], format_version=1, tool=whole["tool"])
	assert bare("host") == plain([host])
	keys = [f["key"] for f in whole["findings"]]
	assert len(keys) == len(set(keys))
	END
}

@test "JSON Lines: the same as JSON" {
	same_as_json "$fixtures/two.json" 2
	same_as_json "$fixtures/two.json" 2 --severity medium
	same_as_json "$fixtures/two.json" 0 --rule S2-003
	same_as_json "$fixtures/two.json" 2 2
	"$root/tests/bench/many" 30 1 > many.json
	same_as_json many.json 3
	"$root/tests/bench/many" 30 2 > many.json
	same_as_json many.json 3 --policy "$root/packaging/policy.d"
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'] = []" > none.json
	same_as_json none.json 0
}

@test "JSON Lines: an incomplete snapshot, and standard input" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['complete'] = False
d['problems'] = [{'code': 'vm-gone', 'text': 'VM 3 is gone', 'vm': None}]
d['vms'][1]['extents'] = None" > part.json
	same_as_json part.json 3
	s2 --from "$fixtures/two.json" audit --format=jsonl
	first=$output
	run --separate-stderr bash -c 'cat "$2" | "$1" --from - audit --format jsonl' \
		bash "$s2ctl" "$fixtures/two.json"
	expect_status 2
	[[ $output == "$first" ]]
}

@test "JSON Lines: nothing is printed of a snapshot that is wrong at its end" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'][1]['extents'][2]['bytes'] = 0" > wrong.json
	s2 --from wrong.json audit --format jsonl
	expect_status 1
	[[ -z $output ]]
	expect_one_line "vms[1].extents[2].bytes"
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'][1]['id'] = 1" > twice.json
	s2 --from twice.json audit --format jsonl
	expect_status 1
	[[ -z $output ]]
	expect_one_line "1 is there twice"
	run --separate-stderr bash -c '"$1" --from "$2" audit --format jsonl > /dev/full' \
		bash "$s2ctl" "$fixtures/two.json"
	expect_status 1
	expect_one_line "No space left"
}

# What rss wrote to kib: KiB, and the time that it took
in_16_mib() {
	local kib
	read -r kib _ < kib
	[[ $kib =~ ^[1-9][0-9]*$ && $kib -le 16384 ]]
}

@test "1,000 VMs in 16 MiB" {
	make -s -C "$root" build/tests/rss
	"$root/tests/bench/many" 1000 > many.json
	run "$root/build/tests/rss" kib "$s2ctl" --from many.json audit \
		--format jsonl
	expect_status 0
	# For each VM S2-011, for BARs that the VMM has as device S2-003; S2-008
	[[ ${lines[-1]} == '{"record":"summary","info":1000,"low":1001,'* ]]
	in_16_mib
	run "$root/build/tests/rss" kib bash -c \
		'cat many.json | "$1" --from - audit --format jsonl' bash "$s2ctl"
	expect_status 0
	in_16_mib
	# With as much to find as there can be
	"$root/tests/bench/many" 1000 3 > many.json
	run "$root/build/tests/rss" kib "$s2ctl" --from many.json audit \
		--format jsonl
	expect_status 3
	in_16_mib
}
