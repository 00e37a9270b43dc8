# SPDX-License-Identifier: GPL-2.0-only
# s2ctl show, from snapshots; expected output worked out by hand.

load common

@test "a VM in words" {
	COLUMNS=100 s2 --from "$fixtures/two.json" show 1
	expect_status 0
	[[ -z $stderr ]]
	[[ $(head -n 1 <<< "$output") == \
		'VM 1 "web": vmm (pid 1200), 2 vCPUs, 2 slots, 40-bit guest-physical addresses' ]]
	[[ $output == *"slot 0: 0x40000000 to 0x5fffffff, 512M"* ]]
	[[ $output == *"slot 1: 0x800000000 to 0x800ffffff, 16M"* ]]
	[[ $output == *"BAR 2 of 0000:00:02.0, prefetchable, driver vfio-pci"* ]]
	[[ $output =~ predicted\ +"wb, forced" ]]
	[[ $output =~ mapped\ +"wb, forced: 12M of 512M, rwx, 12M executable" ]]
	[[ $output =~ mapped\ +"nc: 16M of 16M, rw-" ]]
	[[ $output == *"allow (map-memory): "* ]]
	[[ $output == *"allow (any-uncached): "* ]]
	[[ $output != *"VM 2"* ]]
}

@test "a slot with several types" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'][0]['slots'][0].update(mapped='mixed', nc_bytes=4096)" > mixed.json
	s2 --from mixed.json show 1
	[[ $output =~ mapped\ +"mixed: 12M wb, 4K nc of 512M, rwx, 12M executable" ]]
}

@test "what KVM maps itself has no slot" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
v = d['vms'][1]
v['extents'].append(dict(v['extents'][0], slot=None, gpa=0x8010000,
	bytes=65536, **{'class': 'vgic'}, reason='vgic', bdf=None, bar=None))" > vgic.json
	s2 --from vgic.json show 2
	expect_status 0
	[[ $output == *"no slot: 0x8010000 to 0x801ffff, 64K"*vgic*mapped*device* ]]
	s2 --from vgic.json show --extents -n -r -o SLOT,GPA,CLASS 2
	[[ $(head -n 1 <<< "$output") == "- 0x8010000 vgic" ]]
}

@test "all VMs, or those named, by every kind of name" {
	s2 --from "$fixtures/two.json" show -n -r -o VM,SLOT
	expect_status 0
	[[ $output == $'1 0\n1 1\n2 3\n2 0' ]]
	for name in 1 id:1 1200 pid:1200 web name:web \
		c0ffee00-0000-4000-8000-000000000001 \
		C0FFEE00-0000-4000-8000-000000000001 \
		uuid:c0ffee00-0000-4000-8000-000000000001; do
		s2 --from "$fixtures/two.json" show -n -r -o VM,SLOT "$name"
		expect_status 0
		[[ $output == $'1 0\n1 1' ]]
	done
	s2 --from "$fixtures/two.json" show -n -r -o VM,SLOT 2 1
	expect_status 0
	[[ $(sort <<< "$output") == $'1 0\n1 1\n2 0\n2 3' ]]
}

@test "VMs that do not exist, and numbers that are none" {
	for name in 3 0 12abc 1x 0x1 -1 +1 ' 1' '1 ' 1.0 \
		18446744073709551617 99999999999999999999999999 \
		we webb WEB id: id:web pid:1 name: '' \
		c0ffee00-0000-4000-8000-000000000002; do
		for command in show audit; do
			s2 --from "$fixtures/two.json" "$command" -- "$name"
			expect_usage "$name"
		done
	done
}

@test "one VM that exists and one that does not: nothing is half done" {
	s2 --from "$fixtures/two.json" show 1 77
	expect_usage "77"
}

@test "two VMs with one name: both are named, none is guessed" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" \
		"d['vms'][1]['name'] = 'web'" > same.json
	for command in show audit; do
		s2 --from same.json "$command" web
		expect_usage "web"
		[[ $stderr == *"id:1"*"id:2"* ]]
		s2 --from same.json "$command" id:1
		# The audit has a finding about that VM
		[[ $command/$status == show/0 || $command/$status == audit/2 ]]
	done
}

@test "an id goes before a pid" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" \
		"d['vms'][1]['pid'] = 1" > pid.json
	s2 --from pid.json show -n -r -o VM,SLOT 1
	[[ $output == $'1 0\n1 1' ]]
	s2 --from pid.json show -n -r -o VM,SLOT pid:1
	[[ $output == $'2 3\n2 0' ]]
}

@test "slots as a table" {
	COLUMNS=200 s2 --from "$fixtures/two.json" show 2 \
		-o VM,SLOT,GPA,BYTES,CLASS,PREDICTED,MAPPED,PERM,VERDICT
	expect_status 0
	diff - <(echo "$output") <<- 'END'
	VM SLOT GPA        SIZE CLASS PREDICTED MAPPED   PERM VERDICT
	 2    3 0x10000000  16M io    device    device   rw-  allow
	 2    0 0x40000000  64M ram   wb        unmapped ---  allow
	END
}

@test "no cell is empty: none is not unknown, and a script can count on columns" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'] = d['vms'][:1]
d['vms'][0]['name'] = ''
d['vms'][0]['uuid'] = None
d['vms'][0]['slots'][1]['flags'] = None" > empty.json
	s2 --from empty.json show -n -r -o SLOT,FLAGS,GPA
	[[ $output == $'0 none 0x40000000\n1 - 0x800000000' ]]
	s2 --from empty.json list -n -r -o ID,NAME,UUID
	[[ $output == '1 - -' ]]
}

@test "extents as a table" {
	s2 --from "$fixtures/two.json" show --extents -n -r \
		-o GPA,BYTES,CLASS,MAPPED,STRENGTH,PERM 1
	expect_status 0
	diff - <(echo "$output") <<- 'END'
	0x40000000 8388608 ram wb forced rwx
	0x40800000 4194304 ram unmapped forced ---
	0x40c00000 4194304 ram wb forced rwx
	0x41000000 520093696 ram unmapped forced ---
	0x800000000 16777216 io-nc nc - rw-
	END
}

@test "host-physical addresses when asked for" {
	s2 --from "$fixtures/two.json" show --extents --phys -n -r -o GPA,HPA,MEMATTR 1
	expect_status 0
	diff - <(echo "$output") <<- 'END'
	0x40000000 0x80000000 6
	0x40800000 - -
	0x40c00000 0x80c00000 6
	0x41000000 - -
	0x800000000 0x10000000 5
	END
}

@test "a column that a slot does not have" {
	s2 --from "$fixtures/two.json" show -o HPA
	expect_usage "unknown column 'HPA'"
	s2 --from "$fixtures/two.json" show --extents -o HPA
	expect_status 0
}

@test "the map" {
	COLUMNS=80 s2 --from "$fixtures/two.json" show --map 1
	expect_status 0
	# 64 characters fit; 512M in 16 rows of them: 512K a character, so 8M is
	# 16 of them.
	diff - <(tail -n +5 <<< "$output") <<- 'END'

	0x040000000  512M, 512K a character
	0x040000000  WWWWWWWWWWWWWWWW........WWWWWWWW................................
	0x042000000  ................................................................
	             14 more rows like that

	             hole of 30.5G: no slot

	0x800000000  16M, 16K a character
	0x800000000  NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN
	             15 more rows like that
	END
}

@test "the map is as wide as it is told, down to nothing" {
	for width in 0 1 20 40 80 200 1000 99999999999999999999 -5 12abc; do
		COLUMNS=$width s2 --from "$fixtures/two.json" show --map
		expect_status 0
		[[ $output == *DDDD* ]]
	done
	COLUMNS=40 s2 --from "$fixtures/two.json" show --map 1
	[[ $(grep -o 'W*' <<< "$output" | head -n 2 | tail -n 1) ]]
	while IFS= read -r line; do
		[[ $line != 0x* || ${#line} -le 40 ]]
	done <<< "$output"
}

@test "the map at the ends of the address space, and of parts of a character" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'] = d['vms'][:1]
v = d['vms'][0]
v['ipa_bits'] = 64
a, b, c = v['extents'][:3]
a.update(gpa=0, bytes=4096)
b.update(gpa=4096, bytes=4096)
c.update(gpa=2**64 - 4096, bytes=4096)
v['extents'] = [a, b, c]
v['slots'] = []" > ends.json
	COLUMNS=80 s2 --from ends.json show --map
	expect_status 0
	[[ $output == *"0x0000000000000000  W."* ]]
	[[ $output == *"0xfffffffffffff000  W"* ]]
}

@test "the map: several types in one character" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'] = d['vms'][:1]
v = d['vms'][0]
a, b, c, e, f = v['extents']
a.update(gpa=0, bytes=4096)
f.update(gpa=4096, bytes=4096)
c.update(gpa=8192, bytes=4096)
b.update(gpa=12288, bytes=4096)
e.update(gpa=16384, bytes=2**30 - 16384, slot=0)
v['extents'] = [a, f, c, b, e]" > mix.json
	COLUMNS=80 s2 --from mix.json show --map
	expect_status 0
	[[ $output == *"0x00000000  #....."* ]]
}

@test "the map: extents of a snapshot that overlap, and the whole address space" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'] = d['vms'][:1]
v = d['vms'][0]
a, b, c, e, f = v['extents']
a.update(gpa=0, bytes=2**20)
c.update(gpa=4096, bytes=4096)
f.update(gpa=2**19, bytes=2**20)
b.update(gpa=2**63, bytes=2**63)
e.update(gpa=2**63 + 4096, bytes=2**63 - 4096)
v['extents'] = [f, c, a, e, b]" > overlap.json
	COLUMNS=80 s2 --from overlap.json show --map
	expect_status 0
	# 16 rows of 32: 1.5M need 4K a character, 8E (2^63) need 2^54, 16P.
	[[ $output == *"0x0000000000000000  1.5M, 4K a character"* ]]
	[[ $output == *"0x8000000000000000  8E, 16P a character"* ]]
	[[ $output != *"hole of 16E"* ]]
}

@test "slots that are not known are not shown as none" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'][0]['slots'] = d['vms'][0]['extents'] = None
d['vms'][0]['slot_count'] = None
d['complete'] = False
d['problems'] = [{'code': 'vm-gone', 'text': 'VM 1 ended while it was read',
	'attr': None, 'vm': 1}]" > part.json
	s2 --from part.json show
	expect_status 3
	[[ $output == *"VM 1"*"slots are not known"*"VM 2"* ]]
	s2 --from part.json show --map
	expect_status 3
	[[ $output == *"not known"* ]]
	s2json --from part.json show -j
	expect_status 3
	holds vms.0.slots null
}

@test "JSON has the extents whatever else is asked for" {
	s2json --from "$fixtures/two.json" show --json
	expect_status 0
	holds \
		vms.0.extents.0.mapped '"wb"' \
		vms.0.extents.1.hpa null
	first=$output
	s2json --from "$fixtures/two.json" show --json --extents
	[[ $output == "$first" ]]
	holds vms.0.extents.0.strength '"forced"'
}

@test "colours mark types, and do not change the text" {
	s2 --from "$fixtures/two.json" show
	plain=$output
	s2 --from "$fixtures/two.json" --color=always show
	[[ $output == *$'\e[32mwb\e[m'* ]]
	[[ $(sed 's/\x1b\[[0-9;]*m//g' <<< "$output") == "$plain" ]]
	s2 --from "$fixtures/two.json" show --map
	plain=$output
	s2 --from "$fixtures/two.json" --color=always show --map
	[[ $(sed 's/\x1b\[[0-9;]*m//g' <<< "$output") == "$plain" ]]
}
