# SPDX-License-Identifier: GPL-2.0-only
# s2ctl preflight; expected rows worked out by hand.

load common

setup_file() {
	use_sanitizers
}

# EDIT: another host, in there.json
there() {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['host']['ipa_bits'] = 48
d['policies'] = []
d['vms'] = []
$1" > there.json
}

@test "all is there: 0" {
	there ""
	s2 --from "$fixtures/two.json" preflight --on there.json -rn \
		-o requirement,class,needed,has,verdict 1
	expect_status 0
	[[ -z $stderr ]]
	# VM 1: 512M of ram, 16M of a vfio-pci BAR, two policies of its own
	diff - <(echo "$output") <<- 'END'
	policy - yes yes ok
	page-size - 4096 4096 ok
	ipa-bits - 40 48 ok
	class ram wb wb ok
	class io-nc nc nc ok
	guarantee - forced forced ok
	END
	s2 --from "$fixtures/two.json" preflight --on there.json
	expect_status 0
	# Six of VM 1, and of VM 2 pages, width, two classes and the guarantee
	[[ $output == *"11 satisfied, 0 missing, 0 not known." ]]
}

@test "something is missing: 2" {
	there "d['host'].update(fwb=False, page_size=65536, ipa_bits=36)"
	s2 --from "$fixtures/two.json" preflight --on there.json -rn \
		-o requirement,needed,has,verdict 1
	expect_status 2
	[[ $(grep missing <<< "$output") == \
		$'page-size 4096 65536 missing\nipa-bits 40 36 missing\nguarantee forced weak missing' ]]
}

@test "JSON" {
	there "d['host']['fwb'] = False"
	s2json --from "$fixtures/two.json" preflight -j --on there.json 1
	expect_status 2
	holds kind '"preflight"' complete true vms null host.fwb false \
		requirements.0.vm 1 requirements.0.name '"web"' \
		requirements.3.requirement '"class"' \
		requirements.3.class '"ram"' \
		requirements.3.why '"536870912 bytes of class ram"' \
		requirements.5.requirement '"guarantee"' \
		requirements.5.has '"weak"' requirements.5.verdict '"missing"'
	s2json --from there.json preflight -j --on there.json
	expect_status 0
	holds requirements '[]'
	s2json --from "$fixtures/two.json" audit -j
	holds requirements null
}

@test "cacheable memory without an alias: FWB, DIC and the kernel" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
e = d['vms'][0]['extents'][0]
d['vms'][0]['extents'] = [dict(e, **{'class': 'pfnmap-wb'},
    facts=['vma', 'vm-pfnmap', 'pfn', 'fwb', 'dic'], reason='cacheable-vma')]
d['vms'][0]['policies'] = []" > gpu.json
	there "d['host'].update(dic=False)"
	s2 --from gpu.json preflight --on there.json -rn \
		-o requirement,needed,has,verdict 1
	expect_status 2
	diff - <(echo "$output") <<- 'END'
	fwb yes yes ok
	dic yes no missing
	vma-types yes yes ok
	page-size 4096 4096 ok
	ipa-bits 40 48 ok
	class wb refused missing
	guarantee forced forced ok
	END
}

@test "what is not known: 3, and it is said" {
	there "d['host'].update(fwb=None, ipa_bits=None)"
	s2json --from "$fixtures/two.json" preflight -j --on there.json 1
	expect_status 3
	holds complete false requirements.2.verdict '"unknown"' \
		requirements.2.has null problems.0.vm 1
	[[ $stderr == *"VM 1: whether it gets what it needs is not known: ipa-bits"* ]]
	[[ $stderr == *"not known: guarantee"* ]]
	# A VM with as wide addresses is proof enough
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "pass" > there.json
	s2 --from "$fixtures/two.json" preflight --on there.json -rn -o has 1
	expect_status 0
	[[ $output == *"at\\x20least\\x2040"* ]]
}

@test "policies of the host there" {
	there "d['policies'] = [{
    'class': 'io-nc', 'owner': 'admin', 'constraints': ['match-vma'],
    'mode': 'enforce', 'enforced': ['match-vma'], 'audited': []}]"
	# The guest has the BAR nc, its VMM has it device
	s2json --from "$fixtures/two.json" preflight -j --on there.json 1
	expect_status 2
	holds requirements.6.requirement '"host-policy"' \
		requirements.6.class '"io-nc"' requirements.6.has '"deny"' \
		requirements.6.why \
		'"match-vma is enforced: 16777216 bytes would be denied"'
}

@test "a site policy" {
	there ""
	echo '{"format_version":1,"rules":[{"id":"no-nc","match":
{"vm":{"name":"web"},"class":["io-nc"]},"constraints":["match-vma"],
"mode":"enforce"}]}' > p.json
	s2json --from "$fixtures/two.json" preflight -j --on there.json \
		--policy p.json 1
	expect_status 2
	holds requirements.6.requirement '"site-policy"' \
		requirements.6.why \
		'"match-vma (enforce) by rules no-nc: 16777216 bytes would be denied"'
	mkdir d
	cp p.json d
	s2 --from "$fixtures/two.json" preflight --on there.json --policy d 1
	expect_status 2
	echo '{' > p.json
	s2 --from "$fixtures/two.json" preflight --on there.json --policy p.json
	expect_status 1
	[[ -z $output ]]
	expect_one_line "p.json:2: the JSON ends early"
}

@test "wrong usage, and files that are none" {
	there ""
	s2 --from "$fixtures/two.json" preflight --on there.json 9
	expect_usage "no such VM: '9'"
	s2 --from - preflight --on -
	expect_usage "standard input can be one of the files only"
	s2 --from "$fixtures/two.json" preflight --on nowhere.json
	expect_status 1
	expect_one_line "nowhere.json: No such file"
	s2 preflight -o NOPE
	expect_usage "unknown column 'NOPE'"
	s2 preflight --list-columns
	expect_status 0
	[[ $output == *VERDICT* ]]
}

@test "no VMs" {
	there ""
	s2 --from there.json preflight --on there.json
	expect_status 0
	[[ $output == "No VMs." ]]
}
