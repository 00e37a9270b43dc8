#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# core-refused.sh [jail]: who may read the kernel's memory, and who is told why not.
# With "jail" also what the process that reads it may do, in $share/reader.
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh

gpa=0x40000000

# ask NAME COMMAND...: what it says of VMs, by memory and by whatever there is
ask()
{
	name=$1
	shift
	keep "$name.core" "$@" s2ctl --source=core list
	keep "$name.json" "$@" s2ctl -j list
}

# Finds s2ctl with a child, and stops it, so that the child comes to wait for it
stop_at_child()
{
	s2ctl --source=core list &
	parent=$! child='' state=
	while [ -z "$child" ]; do
		read -r _ _ state _ < "/proc/$parent/stat"
		[ "$state" != Z ] || return 1
		# no end of the line is there
		read -r child _ < "/proc/$parent/task/$parent/children" || :
	done
	kill -STOP "$parent"
}

look_at_reader()
{
	until_true stop_at_child
	until_true grep -q '^State:.S' "/proc/$child/status"
	cp "/proc/$child/status" "$share/reader"
	for fd in "/proc/$child"/fd/*; do
		readlink "$fd"
	done > "$share/reader.files"
	kill -CONT "$parent"
	wait "$parent"
}

# As every distribution does; the lab's own kernel has none
[ ! -d /sys/kernel/security ] ||
	mount -t securityfs none /sys/kernel/security
start vm --hold=idle --slot anon,size=1M,gpa=$gpa,slot=0 --guest write@$gpa:64K
ask root
keep show.json s2ctl --source=core -j show --extents
keep show.txt s2ctl --source=core show
if [ "${1-}" = jail ]; then
	ask user setpriv --reuid=1000 --regid=1000 --clear-groups
	ask few setpriv --bounding-set=-sys_rawio
	look_at_reader
fi
stop_all
