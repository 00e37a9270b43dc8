# SPDX-License-Identifier: GPL-2.0-only
# s2ctl list and host, from snapshots; expected values worked out by hand.

load common

@test "one row for each VM" {
	COLUMNS=200 s2 --from "$fixtures/two.json" list
	expect_status 0
	[[ -z $stderr ]]
	# 512M + 16M of slots, 12M of it mapped; 16M + 64M, 2M of it mapped
	diff - <(echo "$output") <<- 'END'
	ID  PID COMMAND NAME ALIVE VCPUS SLOTS SIZE  WB  NC DEVICE
	 1 1200 vmm     web  yes       2     2 528M 12M 16M      0
	 2 1300 vmm     -    yes       1     2  80M   0   0     2M
	END
}

@test "for scripts: bytes, and - for what is not known" {
	s2 --from "$fixtures/two.json" list --raw --noheadings
	expect_status 0
	diff - <(echo "$output") <<- 'END'
	1 1200 vmm web yes 2 2 553648128 12582912 16777216 0
	2 1300 vmm - yes 1 2 83886080 0 0 2097152
	END
}

@test "JSON: integers, null for what is not known" {
	s2json --from "$fixtures/two.json" list --json
	expect_status 0
	holds \
		kind '"list"' \
		complete true \
		host.fwb true \
		vms.0.wb_bytes 12582912 \
		vms.0.name '"web"' \
		vms.1.name null \
		vms.1.nc_bytes 0 \
		findings null
}

@test "JSON has the same form for no VM, one and two" {
	for n in 0 1 2; do
		python3 "$root/tests/cli/edit" "$fixtures/two.json" \
			"d['vms'] = d['vms'][:$n]; d['host']['vm_count'] = $n" > n.json
		for command in list show audit host snapshot; do
			s2json --from n.json "$command" --json
			[[ $status -eq 0 || $status -eq 2 ]]
			python3 -c '
import json
d = json.load(open("out.json"))
print({k: type(v).__name__ for k, v in d.items()})' > "$command.$n"
			cmp "$command.$n" "$command.0"
		done
		[[ $(python3 -c 'import json
print(len(json.load(open("out.json"))["vms"]))') == "$n" ]]
	done
}

@test "no VMs" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" \
		"d['vms'] = []" > none.json
	s2 --from none.json list
	expect_status 0
	[[ $output == "No VMs." ]]
	s2 --from none.json show
	expect_status 0
	[[ $output == "No VMs." ]]
	s2 --from none.json list -n
	expect_status 0
	[[ -z $output ]]
	s2 --from none.json audit
	expect_status 0
	[[ $output == "No findings." ]]
}

@test "an incomplete snapshot: what is known is printed, why not all, and 3" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['complete'] = False
d['problems'] = [{'code': 'interrupted', 'text': 'VM 2: its slots kept changing',
	'attr': None, 'vm': 2}]
d['vms'][1]['extents'] = None" > part.json
	for command in list show audit snapshot; do
		s2 --from part.json "$command"
		expect_status 3
		[[ -n $output ]]
		expect_one_line "VM 2: its slots kept changing"
		s2json --from part.json "$command" --json
		expect_status 3
		holds \
			complete false \
			problems.0.code '"interrupted"'
	done
}

@test "names that a VM's owner chose do not reach the terminal as they are" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'][0]['name'] = '\u001b]0;pwned\u0007\u009b31m\u202e\n1 2 3'
d['vms'][0]['comm'] = 'a b\tc\u001b[2J'" > evil.json
	for words in list 'list -r' show 'show --map' 'list -o NAME' audit; do
		read -ra command <<< "$words"
		for locale in C C.UTF-8; do
			LC_ALL=$locale s2 --from evil.json "${command[@]}"
			[[ $status -eq 0 || $status -eq 2 ]]
			refute grep -q -e $'\e' -e $'\a' -e $'\t' <<< "$output"
			LC_ALL=C.UTF-8 refute grep -qP '[\x{80}-\x{9f}\x{202e}]' <<< "$output"
		done
	done
	s2 --from evil.json list -r -n
	[[ $(wc -l <<< "$output") -eq 2 ]]
	s2json --from evil.json list -j
	expect_status 0
}

@test "host" {
	s2 --from "$fixtures/two.json" host
	expect_status 0
	[[ $output == *"FWB"*"yes"* && $output == *"forced"* ]]
	[[ $output == *"2026-03-31 12:00:00 UTC"* ]]
	s2json --from "$fixtures/two.json" host --json
	holds \
		host.page_size 4096 \
		host.pkvm false \
		vms null
}

@test "host: what is not known is unknown, not no" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['host']['fwb'] = None" > part.json
	s2 --from part.json host
	[[ $output =~ FWB\ +unknown ]]
	[[ $output != *forced* && $output != *weak* ]]
	[[ $output =~ PFNMAP\ WB\ +unknown && $output != *pfnmap-wb* ]]
	s2json --from part.json host -j
	holds host.fwb null host.cacheable_pfnmap null
}

@test "host: whether the VMM's mapping gives types, and cacheable PFNMAP memory" {
	s2json --from "$fixtures/two.json" host -j
	holds \
		host.features '["slot", "extents", "netlink", "vma-types", "policy"]' \
		host.cacheable_pfnmap true
	COLUMNS=200 s2 --from "$fixtures/two.json" host
	[[ $output =~ PFNMAP\ WB\ +yes ]]
	[[ $output == *"gets its type from the VMM's mapping."* ]]
	[[ $output == *"A VM can have cacheable memory"*"(pfnmap-wb)."* ]]
	# No FWB, no DIC, pKVM, and a kernel that goes by the memory map: each is a no.
	for change in "d['host']['fwb'] = False" "d['host']['dic'] = False" \
		"d['host']['pkvm'] = True" "d['host']['features'].remove('vma-types')"; do
		python3 "$root/tests/cli/edit" "$fixtures/two.json" "$change" > no.json
		COLUMNS=200 s2 --from no.json host
		expect_status 0
		[[ $output =~ PFNMAP\ WB\ +no ]]
		[[ $output == *"No VM can have memory without a kernel alias"* ]]
		s2json --from no.json host -j
		holds host.cacheable_pfnmap false
	done
	[[ $output != *vma-types* ]]
	COLUMNS=200 s2 --from no.json host
	[[ $output == *"is I/O, however the VMM has it mapped."* ]]
}

@test "this host, without the series: VMs that can be found, why not more, and 3" {
	[[ ! -e /sys/class/misc/kvm/s2 ]] || skip "this kernel has the series"
	for command in list show audit host snapshot; do
		s2 "$command"
		expect_status 3
		[[ -n $stderr && -n $output ]]
		while read -r line; do
			[[ $line == "s2ctl: "* ]]
		done <<< "$stderr"
		s2json "$command" --json
		expect_status 3
		holds \
			complete false \
			host.fwb null \
			problems.0.code '"no-series"'
	done
	s2 version
	expect_status 0
}

@test "this host: a VM that cannot be seen is not said to be missing" {
	[[ ! -e /sys/class/misc/kvm/s2 ]] || skip "this kernel has the series"
	s2 show 99999
	expect_status 3
	[[ $stderr == *"99999"* ]]
	for command in show audit; do
		s2json --json "$command" 99999
		expect_status 3
		holds complete false vms '[]'
	done
}

@test "without privilege: why, and 3" {
	((EUID == 0)) || skip "not root: every other test runs without privilege"
	command -v setpriv > /dev/null || skip "setpriv(1) is not installed"
	cp "$s2ctl" plain-s2ctl
	chmod 755 . plain-s2ctl
	run --separate-stderr setpriv --reuid 65534 --regid 65534 \
		--clear-groups ./plain-s2ctl list
	expect_status 3
	[[ $stderr == "s2ctl: "* ]]
}
