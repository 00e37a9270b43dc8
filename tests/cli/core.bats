# SPDX-License-Identifier: GPL-2.0-only
# What was read from the memory of a kernel without the series: VMs have no ids, and
# there are no policies, verdicts and counters.  Expected values worked out by hand.

load common

core=$BATS_TEST_DIRNAME/fixtures/core.json
note="note: this source cannot know all that these rules need: S2-008, S2-010; --verbose says what"

# CODE: core.json after CODE has changed it
edit() {
	python3 "$root/tests/cli/edit" "$core" "$1" > host.json
}

# The same host as its kernel would report it, if it had the series
as_kernel() {
	edit "
d['host'].update(source='kernel', series=True, features=['policy', 'netlink'])
d['policies'] = []
for n, vm in enumerate(d['vms']):
    vm.update(id=n + 3, fd=None, policies=[])
    for o in vm['slots'] + vm['extents']:
        o.update(verdict='allow', reason='map-memory',
                 predicted={'unmapped': 'wb'}.get(o['mapped'], o['mapped']))"
}

@test "list: what show takes stands in place of the id" {
	COLUMNS=200 s2 --from "$core" list
	expect_status 0
	[[ -z $stderr ]]
	# 64M + 16M of slots, 2M + 1M, 2M
	diff - <(echo "$output") <<- 'END'
	         ID PID COMMAND         NAME ALIVE VCPUS SLOTS SIZE WB NC DEVICE
	pid:81:fd:7  81 vmm             -    yes       2     2  80M 4M  0    16M
	pid:81:fd:9  81 vmm             -    yes       1     2   3M 3M  0      0
	pid:90:fd:5  90 qemu-system-aar web  yes       4     1   2M  0 2M      0
	END
	# Each of them names the VM that it stands for
	while read -r id fd; do
		s2 --from "$core" show -n -r -o VM,SLOT "$id"
		expect_status 0
		[[ $output == "$id "* && $(cut -d' ' -f1 <<< "$output" | sort -u | wc -l) -eq 1 ]]
		s2json --from "$core" show -j "$id"
		holds vms.0.id null vms.0.fd "$fd"
	done < <("$s2ctl" --from "$core" list -n -r -o ID,FD)
}

@test "host: where it comes from" {
	s2json --from "$core" host -j
	expect_status 0
	holds host.source '"snapshot"' host.origin '"core"' host.series false \
		host.pci true host.features null host.fwb true complete true
	# Which stays, however often it is written
	s2json --from "$core" snapshot
	expect_status 0
	cp out.json again.json
	s2json --from again.json host -j
	holds host.source '"snapshot"' host.origin '"core"'
}

@test "policies: no part of a snapshot, and not known to who asks for them" {
	s2 --from "$core" snapshot
	expect_status 0
	[[ -z $stderr ]]
	echo "$output" > again.json
	[[ $(grep -c '"code":"cannot-know","text":"the kernel'"'"'s memory does not tell policies"' again.json) -eq 1 ]]
	tail -n 1 again.json | grep '"problems":1,"complete":true'
	# Written again, it is there once
	s2 --from again.json snapshot
	expect_status 0
	tail -n 1 <<< "$output" | grep '"problems":1,"complete":true'
	for file in "$core" again.json; do
		s2json --from "$file" policy get -j
		expect_status 3
		holds complete false policies null
		s2 --from "$file" policy get
		expect_status 3
		expect_one_line "the kernel's memory does not tell policies"
	done
	s2 -v --from again.json list
	expect_status 0
	[[ $stderr == *"the kernel's memory does not tell policies"* ]]
}

@test "show: by process and descriptor; several VMs of one process are told" {
	s2 --from "$core" show 81
	expect_usage "'81' fits 2 VMs: pid:81:fd:7, pid:81:fd:9"
	for vm in 90 pid:90 pid:90:fd:5 web name:web; do
		s2 --from "$core" show -n -r -o VM,SLOT,GPA,MAPPED,VERDICT "$vm"
		expect_status 0
		[[ $output == "pid:90:fd:5 1 0x10000000 nc -" ]]
	done
	s2 --from "$core" show pid:81:fd:8
	expect_usage "no such VM: 'pid:81:fd:8'"
	s2 --from "$core" show pid:81:fd:9
	expect_status 0
	[[ -z $stderr ]]
	# Neither verdict nor predicted type: nobody knows them, and nobody asked
	diff - <(echo "$output") <<- 'END'
	VM of process 81, fd 9: vmm, 1 vCPU, 2 slots, 40-bit guest-physical addresses

	  slot 0: 0x40000000 to 0x401fffff, 2M
	    class      ram: in the host's memory map, under a cacheable mapping
	    VMM type   wb
	    mapped     wb, forced: 2M of 2M, rwx, 2M executable
	    facts      vma pfn map-memory struct-page flushable fwb dic

	  slot 1: 0x50000000 to 0x500fffff, 1M
	    class      ram-nc: memory map pages under a non-cacheable mapping
	    VMM type   nc
	    mapped     wb, forced: 1M of 1M, rw-
	    facts      vma vm-pfnmap pfn map-memory struct-page flushable fwb dic
	END
}

@test "audit: findings count, and what can never be known is one line" {
	COLUMNS=200 s2 --from "$core" audit
	expect_status 2
	[[ $stderr == "s2ctl: $note" ]]
	diff - <(echo "$output") <<- 'END'
	RULE   SEVERITY          VM SLOT GPA         SIZE STATEMENT
	S2-003 high     pid:81:fd:9    1 0x50000000    1M mapped wb, but nc in the VMM: one side caches what the other does not
	S2-004 medium   pid:81:fd:7    1 0x800000000   2M mapped device, and the same host memory is mapped nc in slot 1 of the VM of process 90, fd 5
	S2-006 medium   pid:81:fd:7    1 0x800000000  16M prefetchable BAR 2 of 0000:00:02.0 is mapped device
	S2-003 low      pid:90:fd:5    1 0x10000000    2M mapped nc, but device in the VMM

	4 findings: 1 high, 2 medium, 1 low.  's2ctl explain RULE' says what to do.
	END
	s2 -v --from "$core" audit
	expect_status 2
	[[ $stderr == *"
s2ctl: S2-008 did not run: it needs the host's policies, which a kernel without the series does not have
s2ctl: S2-010 did not run: it needs counters of refused faults, which a kernel without the series does not have" ]]
	# Not a word where only rules run that have what they need
	s2 --from "$core" audit --rule=S2-001,S2-002,S2-005
	expect_status 0
	[[ -z $stderr && $output == "No findings." ]]
}

@test "audit: clean is 0, what could have been known is 3" {
	s2 --from "$core" audit --rule=S2-002,S2-008
	expect_status 0
	[[ $output == "No findings." ]]
	expect_one_line "these rules need: S2-008;"
	edit "
d['complete'] = False
d['problems'] = [{'code': 'vm-gone', 'text': 'VM of process 81, fd 9 ended',
                  'pid': 81, 'fd': 9}]
d['vms'][1]['slots'] = d['vms'][1]['extents'] = None"
	s2json --from host.json audit -j
	expect_status 3
	holds complete false problems.0.pid 81 problems.0.fd 9 problems.0.vm null
	# Of the others all is known, and that VM's problem is not theirs
	s2json --from host.json audit -j pid:81:fd:7
	expect_status 2
	holds complete true problems.0.code '"cannot-know"'
}

@test "audit: JSON, in one document and line by line" {
	s2json --from "$core" audit -j
	expect_status 2
	holds complete true \
		problems.0.code '"cannot-know"' problems.0.rule '"S2-008"' \
		problems.1.rule '"S2-010"' \
		findings.0.vm null findings.0.pid 81 findings.0.fd 9 \
		findings.0.start 4711 \
		findings.0.key '"S2-003/pid=81/start=4711/nth=2/slot=1/gpa=0x50000000/class=ram-nc/mapped=wb/vma_type=nc"' \
		findings.1.evidence.other_vm null \
		findings.1.evidence.other_pid 90 \
		findings.1.evidence.other_fd 5
	python3 -c 'import json
assert len(json.load(open("out.json"))["problems"]) == 2'
	cp out.json last.json
	s2 --from "$core" audit --format=jsonl
	expect_status 2
	[[ $stderr == "s2ctl: $note" ]]
	echo "$output" > lines
	python3 "$root/tests/cli/validate" --records lines
	[[ $(grep -c cannot-know lines) -eq 2 ]]
	[[ $(tail -n 1 lines) == *'"complete":true'* ]]
	# Nothing of it is new
	s2 --from "$core" audit --baseline=last.json
	expect_status 0
	[[ $output == "No new findings." ]]
}

@test "keys are those of the kernel's own reports" {
	rules=S2-001,S2-002,S2-003,S2-004,S2-005,S2-006,S2-011
	as_kernel
	s2 --from host.json audit -n -r --rule=$rules -o KEY
	expect_status 2
	[[ -z $stderr ]]
	echo "$output" > kernel
	s2 --from "$core" audit -n -r --rule=$rules -o KEY
	expect_status 2
	diff kernel <(echo "$output")
	[[ $(wc -l < kernel) -eq 4 ]]
	# So that what one has found is not new in the other
	s2json --from host.json audit -j
	cp out.json last.json
	s2 --from "$core" audit --baseline=last.json
	expect_status 0
}

@test "waivers: by rule and slot, for no id is needed" {
	cat > waivers.json <<- 'END'
	{ "format_version": 1, "waivers": [
	  { "id": "w", "rule": "S2-003", "slot": 1, "statement": "tested",
	    "expires": "2099-01-01" } ] }
	END
	s2json --from "$core" audit -j --waivers=waivers.json
	expect_status 2
	holds summary.waived 2 summary.high 0
}

@test "diff: in one boot a VM is known by its process" {
	edit "d['vms'].reverse(); d['vms'][1]['vcpus'] = 8"
	s2 diff -n -r -o WHAT,CHANGE,VM,FIELD,OLD,NEW "$core" host.json
	expect_status 2
	[[ $output == "vm changed pid:81:fd:9 vcpus 1 8" ]]
	s2json diff -j "$core" host.json
	holds differences.0.vm null differences.0.pid 81 differences.0.fd 9
	# Another process, another boot
	edit "d['vms'][0]['start'] = 4712"
	s2 diff -n -r -o WHAT,CHANGE,VM "$core" host.json
	[[ $output == "vm gone pid:81:fd:7
vm new pid:81:fd:7" ]]
	as_kernel
	s2 diff -n -r -o CHANGE,VM "$core" host.json
	refute grep -E "gone|new" <<< "$output"
}

@test "preflight: what is mapped says what the VM has" {
	s2json preflight --from "$core" --on "$core" -j pid:81:fd:9
	holds requirements.0.vm null requirements.0.pid 81 requirements.0.fd 9
	python3 - <<- 'END'
	import json
	rows = json.load(open("out.json"))["requirements"]
	got = {(r["requirement"], r["class"]): (r["needed"], r["has"], r["verdict"])
	       for r in rows}
	assert got["class", "ram"] == ("wb", "wb", "ok"), got
	assert got["class", "ram-nc"] == ("wb", "wb", "ok"), got
	assert got["guarantee", None] == ("forced", "forced", "ok"), got
	END
}

@test "site policy: against what is mapped" {
	cat > site.json <<- 'END'
	{ "format_version": 1, "rules": [
	  { "id": "no-wb", "match": { "class": ["ram-nc"] },
	    "constraints": ["match-vma"], "mode": "enforce", "severity": "high" } ] }
	END
	s2json --from "$core" audit -j --rule=S2-009 --policy=site.json
	expect_status 2
	holds complete true findings.0.pid 81 findings.0.fd 9 \
		findings.0.evidence.class '"ram-nc"' \
		problems.0.rule '"S2-009"'
	# Nothing can be set there
	s2 --from "$core" policy check site.json
	expect_status 3
}

@test "SARIF, HTML and metrics call each VM by its name" {
	s2 --from "$core" audit --format=sarif
	expect_status 2
	echo "$output" > report.sarif
	python3 - <<- 'END'
	import json
	run = json.load(open("report.sarif"))["runs"][0]
	names = [r["locations"][0]["logicalLocations"][0] for r in run["results"]]
	assert names[0]["name"] == "VM of process 81, fd 9", names
	assert names[0]["fullyQualifiedName"] == "vm/pid:81:fd:9/slot/1", names
	assert names[3]["name"] == "web", names
	assert run["results"][0]["message"]["text"].startswith(
	    "VM of process 81, fd 9, slot 1, 0x50000000: mapped wb"), run
	call = run["invocations"][0]
	assert call["executionSuccessful"]
	assert [n["level"] for n in call["toolExecutionNotifications"]] == \
	    ["note", "note"]
	END
	s2 --from "$core" audit --format=html
	expect_status 2
	[[ $output == *'<a href="#vm-pid:81:fd:9">pid:81:fd:9</a>'* ]]
	[[ $output == *'id="vm-pid:81:fd:9"'* && $output == *'<h2 id="cannot">'* ]]
	[[ $output != *'<h2 id="incomplete">'* ]]
	s2 --from "$core" audit --format=prometheus
	expect_status 2
	[[ $output == *'s2ctl_vm_info{vm="pid:81:fd:7",'* ]]
	[[ $output == *'s2ctl_audit_complete 1'* ]]
	# What did not run has no sample
	[[ $output == *'s2ctl_findings{rule="S2-001",severity="critical",waived="false"} 0'* ]]
	[[ $output != *'rule="S2-008"'* && $output != *'rule="S2-010"'* ]]
}

@test "a dump names no devices: S2-006 cannot know" {
	edit "
d['host']['pci'] = False
for vm in d['vms']:
    for e in vm['extents']:
        for key in ('bdf', 'bar', 'prefetchable', 'driver', 'pci_id'):
            e.pop(key, None)"
	s2json --from host.json audit -j --rule=S2-006
	expect_status 0
	holds complete true problems.0.rule '"S2-006"'
	expect_one_line "these rules need: S2-006;"
}
