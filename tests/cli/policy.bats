# SPDX-License-Identifier: GPL-2.0-only
# policy get and set, as far as that goes without a kernel that has policies.

load common

setup_file() {
	use_sanitizers
}

two=("--from" "$BATS_TEST_DIRNAME/fixtures/two.json")

@test "get: the host's policies, then those of VMs and slots" {
	s2 "${two[@]}" policy get
	expect_status 0
	[[ -z $stderr ]]
	diff - <(echo "$output") <<- 'END'
	VM SCOPE SLOT CLASS OWNER CONSTRAINTS         MODE    ENFORCED    DENIED WOULD DENY
	 - host     - ram   admin require-fwb         enforce require-fwb      0          0
	 1 vm       - ram   -     -                   -       require-fwb      0          0
	 1 vm       - io-nc vmm   floor=device,locked audit   none             0         12
	 1 slot     1 -     admin noexec              enforce noexec           3          0
	END
}

@test "get: of one VM, and the host's beside them" {
	s2 "${two[@]}" policy get -n -r -o VM,SCOPE,DENIED 2
	expect_status 0
	[[ $output == "- host 0" ]]
	s2 "${two[@]}" policy get nobody
	expect_usage "no such VM: 'nobody'"
}

@test "get: JSON" {
	s2json "${two[@]}" policy get --json
	expect_status 0
	holds kind '"policy-get"' complete true policies.0.scope '"host"' \
		policies.0.class '"ram"' policies.0.slot null \
		vms.0.policies.1.owner '"vmm"' \
		vms.0.policies.1.constraints '["floor=device", "locked"]' \
		vms.0.policies.1.mode '"audit"' \
		vms.0.policies.1.would_deny 12 \
		vms.0.policies.2.scope '"slot"' vms.0.policies.2.slot 1 \
		vms.0.policies.2.denied 3 vms.1.policies '[]' \
		vms.0.slots null
}

@test "get: a snapshot without policies says so" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" \
		"del d['policies']" > old.json
	s2json --from old.json policy get --json
	expect_status 3
	holds complete false policies null problems.0.code '"no-policy"'
	s2 --from old.json list
	expect_status 0
}

@test "get: mode none is a mode, an unknown word is not" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" \
		"d['policies'][0].update(mode='none', constraints=[])" > none.json
	s2 --from none.json policy get -n -r -o MODE,CONSTRAINTS 2
	expect_status 0
	[[ $output == "none none" ]]
	python3 "$root/tests/cli/edit" "$fixtures/two.json" \
		"d['policies'][0].update(mode='maybe')" > odd.json
	s2 --from odd.json policy get
	expect_status 3
	[[ $stderr == *"mode 'maybe'"* ]]
	python3 "$root/tests/cli/edit" "$fixtures/two.json" \
		"d['policies'][0].update(slot=1)" > both.json
	s2 --from both.json policy get
	expect_status 1
	expect_one_line "policies[0].class"
}

@test "get: a host without the series" {
	s2 policy get
	[[ $status -eq 3 ]] || skip "this kernel has policies"
	[[ $output == "No policies that are known." ]]
}

@test "set: wrong usage" {
	s2 policy set
	expect_usage "no constraints given"
	s2 policy set noexec
	expect_usage "give '--class'"
	s2 policy set --class=ram --slot=1 --vm=1 noexec
	expect_usage "give '--class'"
	s2 policy set --slot=1 --mode=audit noexec
	expect_usage "'--slot' needs '--vm'"
	s2 policy set --vm=1 --slot=x --mode=audit noexec
	expect_usage "'x' is not the number of a slot"
	s2 policy set --vm=1 --slot=4294967295 --mode=audit noexec
	expect_usage "is not the number of a slot"
	s2 policy set --class=ram noexec
	expect_usage "give '--mode=audit' or '--mode=enforce'"
	s2 policy set --class=ram --mode=audit none
	expect_usage "'none' has no '--mode'"
	s2 policy set --class=ram --mode=audit noexec extra
	expect_usage "unexpected argument 'extra'"
	s2 policy set --class=vgic --mode=audit noexec
	expect_usage "'vgic' is not a value of '--class'"
	s2 policy set --class=ram --mode=none noexec
	expect_usage "'none' is not a value of '--mode'"
}

@test "set: constraints that there are not, or not for us" {
	for list in '' ',' 'noexec,' ',noexec' noexec,,locked no floor=wb \
		NOEXEC noexec,none; do
		s2 policy set --class=ram --mode=audit "$list"
		expect_usage "unknown constraint"
	done
	s2 policy set --class=ram --mode=audit floor=nc,force
	expect_usage "only a VMM can set 'force'"
	s2 policy set --class=ram --mode=audit locked
	expect_usage "'locked' needs '--vm'"
}

@test "set: a snapshot cannot be changed" {
	s2 "${two[@]}" policy set --class=ram --mode=enforce noexec
	expect_usage "a snapshot cannot be changed"
}

@test "set: refused without support, never less than asked" {
	s2 policy get
	[[ $status -eq 3 ]] || skip "this kernel has policies"
	for args in "--mode=enforce noexec" "--mode=audit noexec" none \
		"--mode=enforce --force noexec" "--mode=audit --dry-run noexec"; do
		# shellcheck disable=SC2086
		s2 policy set --class=ram $args
		expect_status 3
		[[ -z $output ]]
		expect_one_line "no policies"
	done
}
