# SPDX-License-Identifier: GPL-2.0-only
# s2ctl audit; expected findings worked out by hand.

load common

# two.json on a host without FEAT_S2FWB
without_fwb() {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['host']['fwb'] = False
for v in d['vms']:
    for o in [v] + v['slots'] + v['extents']:
        o['facts'] = [f for f in o['facts'] if f != 'fwb']" > weak.json
}

@test "findings, worst first, and 2" {
	s2 --from "$fixtures/two.json" audit -r
	expect_status 2
	[[ -z $stderr ]]
	# VM 2: 2M of a prefetchable BAR are mapped device (its VMM maps it through
	# sysfs).  VM 1: vfio-pci's own mapping is device, the guest's is nc; noexec
	# refused 3 fetches from it, and floor=device would have refused 12 accesses
	# to io-nc; its RAM relies on the host's require-fwb.  The host has a policy
	# for ram alone.
	diff - <(echo "$output") <<- 'END'
	RULE SEVERITY VM SLOT GPA SIZE STATEMENT
	S2-006 medium 2 3 0x10000000 2097152 prefetchable\x20BAR\x202\x20of\x200000:00:03.0\x20is\x20mapped\x20device
	S2-010 medium 1 1 - - constraints\x20denied\x203\x20faults
	S2-003 low 1 1 0x800000000 16777216 mapped\x20nc,\x20but\x20device\x20in\x20the\x20VMM
	S2-008 low - - - - no\x20host\x20policy\x20for\x20memory\x20in\x20use\x20of\x20class\x20io,io-nc
	S2-010 low 1 - - - constraints\x20would\x20have\x20denied\x2012\x20faults
	S2-011 info 1 - - - relies\x20on\x20FEAT_S2FWB:\x20require-fwb\x20is\x20enforced
	END
}

@test "for people: a summary, and what to do next" {
	s2 --from "$fixtures/two.json" audit
	expect_status 2
	[[ $output == *"6 findings: 2 medium, 3 low, 1 info."*"s2ctl explain"* ]]
}

@test "--fail-on decides between 0 and 2, and hides nothing" {
	for severity in info low medium; do
		s2 --from "$fixtures/two.json" audit --fail-on=$severity
		expect_status 2
		[[ $output == *S2-003* ]]
	done
	for severity in high critical; do
		s2 --from "$fixtures/two.json" audit --fail-on $severity
		expect_status 0
		[[ $output == *S2-006* ]]
	done
	# The default is medium; VM 1 has one of low severity by this rule.
	s2 --from "$fixtures/two.json" audit --rule=S2-003 1
	expect_status 0
	[[ $output == *S2-003* ]]
	s2 --from "$fixtures/two.json" audit --rule=S2-003 --fail-on=low 1
	expect_status 2
}

@test "JSON: findings with evidence, and a summary" {
	s2json --from "$fixtures/two.json" audit --json
	expect_status 2
	holds \
		findings.0.rule '"S2-006"' \
		findings.0.gpa 268435456 \
		findings.0.bytes 2097152 \
		findings.0.waived false \
		findings.0.evidence.bdf '"0000:00:03.0"' \
		findings.0.evidence.mapped '"device"' \
		findings.1.rule '"S2-010"' \
		findings.1.extents 0 \
		findings.1.evidence.denied 3 \
		findings.2.evidence.vma_type '"device"' \
		vms.0.extents null \
		summary.medium 2 \
		summary.high 0
	s2json --from "$fixtures/two.json" audit --json --fail-on=high
	expect_status 0
}

@test "weak wb: one finding for a slot, however many extents" {
	without_fwb
	s2json --from weak.json audit --json --rule S2-002,S2-003 1
	expect_status 0
	holds \
		findings.1.rule '"S2-003"' \
		findings.0.rule '"S2-002"' \
		findings.0.bytes 12582912 \
		findings.0.extents 2
	s2 --from weak.json show 1
	[[ $output == *"wb, weak"* && $output != *forced* ]]
	s2 --from weak.json host
	[[ $output == *weak* ]]
}

@test "executable I/O memory" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'][1]['extents'][0]['perm'] = 'rwx'" > exec.json
	s2 --from exec.json audit --fail-on=high -n -r -o RULE,SEVERITY,VM 2
	expect_status 2
	[[ $output == $'S2-005 high 2\nS2-006 medium 2\nS2-008 low -' ]]
}

@test "facts that are missing: undetermined, not clean" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'] = d['vms'][:1]
d['policies'] = d['vms'][0]['policies'] = []
d['host']['features'].remove('policy')
d['vms'][0]['extents'][0]['perm'] = None
d['vms'][0]['extents'][4]['vma_type'] = 'nc'" > part.json
	s2 --from part.json audit
	expect_status 3
	[[ $output == "No findings in what is known." ]]
	expect_one_line "S2-005"
	s2json --from part.json audit -j
	expect_status 3
	holds \
		complete false \
		problems.0.code '"facts-missing"'
}

@test "findings and missing facts: the findings are printed, and 3" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'][0]['extents'][0]['perm'] = None" > part.json
	s2 --from part.json audit
	expect_status 3
	[[ $output == *S2-006* ]]
}

@test "executable memory without struct pages: low, and not for devdax" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
e = d['vms'][0]['extents'][0]
facts = ['vma', 'vm-pfnmap', 'pfn', 'fwb', 'dic']
d['vms'][0]['extents'] = [
    dict(e, **{'class': 'pfnmap-wb'}, facts=facts, reason='cacheable-vma'),
    dict(e, **{'class': 'zone-device'}, gpa=e['gpa'] + e['bytes'],
         facts=facts + ['zone-device', 'struct-page'],
         reason='cacheable-vma')]" > pfnmap.json
	s2json --from pfnmap.json audit -j --rule=S2-005 1
	expect_status 0
	holds \
		summary.low 1 \
		summary.medium 0 \
		summary.high 0 \
		findings.0.rule '"S2-005"' \
		findings.0.bytes 8388608 \
		findings.0.evidence.reason '"cacheable-vma"'
	[[ $(python3 -c 'import json; print(json.load(open("out.json"))["findings"][0]["statement"])') == \
		"the guest can execute from normal memory without struct pages, mapped wb" ]]
}

@test "a host that goes by the memory map alone: devdax is mapped device" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
e = d['vms'][0]['extents'][0]
d['vms'][0]['extents'] = [dict(
    e, **{'class': 'zone-device'}, mapped='device', predicted='device',
    perm='rw-', memattr=1, reason='not-map-memory',
    facts=['vma', 'pfn', 'struct-page', 'zone-device', 'fwb', 'dic',
           'map-only'])]" > map.json
	s2 --from map.json audit --rule=S2-003 -n -r -o RULE,SEVERITY,STATEMENT 1
	expect_status 2
	[[ $output == "S2-003 high mapped\\x20device,\\x20but\\x20wb\\x20in\\x20the\\x20VMM"* ]]
}
