# SPDX-License-Identifier: GPL-2.0-only
# --from with memory dumps.  That of the tiny kernel (tests/unit/tiny.h) has two VMs of
# process 77: the first has RAM and a BAR, the second no slot; what they hold is
# written there by hand.

load common

setup_file() {
	use_sanitizers
	mkdir -p "$root/build"
	MAKEFLAGS='' flock "$root/build/tiny.lock" \
		make -s -C "$root" build/tests/tiny-dump
}

# WORD...: a dump of such a kernel, as the file "dump"
make_dump() {
	"$root/build/tests/tiny-dump" "$@" > dump
}

# TEXT: an error with that in it, of every command that reads a host
expect_refused() {
	for command in list show audit host snapshot; do
		s2 --from dump "$command"
		expect_status 1
		[[ -z $output ]]
		expect_one_line "$1"
	done
}

@test "list, and show in extents" {
	make_dump
	COLUMNS=200 s2 --from dump list
	expect_status 0
	diff - <(echo "$output") <<- 'END'
	         ID PID COMMAND NAME ALIVE VCPUS SLOTS SIZE   WB NC DEVICE
	pid:77:fd:5  77 vmm     -    yes       2     2   6M 2.1M  0     2M
	pid:77:fd:6  77 vmm     -    yes       2     0    0    0  0      0
	END
	s2 --from dump show --extents -r -n -o slot,gpa,bytes,class,mapped,memattr,perm pid:77:fd:5
	expect_status 0
	diff - <(echo "$output") <<- 'END'
	0 0x40000000 65536 ram wb 6 rwx
	0 0x40010000 2031616 ram unmapped - ---
	0 0x40200000 2097152 ram wb 6 rw-
	1 0x8000000000 2097152 io device 1 rw-
	END
}

@test "what only a running host knows is not known" {
	make_dump
	s2json --from dump --json host
	expect_status 0
	holds host.source '"core"' host.boot_id null host.fwb true \
		host.dic false host.release '"6.12.1-tiny"'
}

@test "a snapshot of a dump says the same" {
	make_dump
	s2 --from dump snapshot -o host.json
	expect_status 0
	diff <("$s2ctl" --from dump list) <("$s2ctl" --from host.json list)
	diff <("$s2ctl" --from dump show --extents) \
		<("$s2ctl" --from host.json show --extents)
}

@test "a kernel without symbols of variables, and a dump without a note" {
	make_dump no-data
	s2json --from dump --json list
	expect_status 0
	# The first write-back entry told it
	holds host.fwb true vms.0.pid 77 vms.1.fd 6
	make_dump no-note
	s2json --from dump --json list
	expect_status 0
	holds vms.0.pid 77 vms.1.fd 6
}

@test "a guest's dump, and a kernel without KVM" {
	make_dump guest
	expect_refused "is it the dump of a guest"
	make_dump no-kvm
	expect_refused "no KVM in it"
}

@test "a dump of another architecture" {
	make_dump
	printf '\x3e' | dd of=dump bs=1 seek=18 conv=notrunc status=none
	expect_refused "another architecture (class 2, data 1, machine 62)"
	cp "$s2ctl" dump
	expect_refused "another architecture"
}

@test "an empty file, and a terabyte of nothing" {
	: > dump
	expect_refused "the file is empty"
	truncate -s 1T dump
	expect_refused "not a snapshot"
}

@test "a terabyte of nothing behind the header of a dump" {
	make_dump no-note
	truncate -s 16K dump
	truncate -s 1T dump
	# p_filesz of the second program header
	printf '\0\0\0\0\xff' | dd of=dump bs=1 seek=152 conv=notrunc status=none
	expect_refused "no VMCOREINFO in it"
}

@test "a dump that was cut short, or is being written" {
	make_dump
	truncate -s 1M dump
	expect_refused "cut short, or is still being written"
}

@test "a pipe" {
	make_dump
	s2 --from - list < <(cat dump)
	expect_status 1
	expect_one_line "must be a file"
	s2 --from <(cat dump) list
	expect_status 1
	expect_one_line "must be a file"
}

@test "--source and --from do not go together; a source that is no word" {
	make_dump
	s2 --from dump --source=core list
	expect_status 64
	s2 --source=kcore list
	expect_status 64
	expect_one_line "'kcore' is not a value of '--source'"
}

@test "who reads is told with --verbose" {
	make_dump
	s2 -v --from dump list
	expect_status 0
	[[ $stderr == *"dump is read by process "* ]]
	[[ $stderr == *"without capabilities"* ]]
}
