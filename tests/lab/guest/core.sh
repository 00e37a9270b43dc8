#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# VMs over every kind of memory, as the lines of $share/cases say: name, and what vmm
# is to do.  One after the other runs alone, until its page table was read from
# outside, which a line of standard input says, and is stopped.  Then s2ctl is asked
# about all, and they stay for a dump of the host.
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh

# shellcheck disable=SC2046
set -- $(ivshmems)
sysfs=$1 vfio=$2
vfio-bind "$vfio"
echo "$sysfs" > "$share/sysfs"
echo "$vfio" > "$share/vfio"
sed "s|@SYSFS@|/sys/bus/pci/devices/$sysfs/resource2|g; s|@VFIO@|$vfio/2|g" \
	"$share/cases" > /tmp/cases

pid_of()
{
	sed -n 's/.*"pid":\([0-9]*\).*/\1/p' "$share/$1.ready"
}

# Nobody shall put pages together between one look and the next
echo 3600000 > /sys/kernel/mm/transparent_hugepage/khugepaged/scan_sleep_millisecs

# One that was stopped stays so: its vCPUs have left the guest.
while read -r name words <&4; do
	# shellcheck disable=SC2086
	start "$name" $words
	echo "$pid" > "$share/$name.pid"
	: > "$share/$name.holds"
	case $words in
	*orphan*) ;;
	*) read -r _ ;;
	esac
	kill -STOP "$(pid_of "$name")"
done 4< /tmp/cases
keep list.json s2ctl -j list
keep core.json s2ctl --source=core -j show --extents --phys
