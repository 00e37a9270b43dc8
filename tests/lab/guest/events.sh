#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# sysfs attributes of /dev/kvm, and KVM's uevents.
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh

kvm=/sys/class/misc/kvm

# Three VMs: made, listed, ended.
vms()
{
	start first --hold --slot anon,size=1M,gpa=0
	start second --hold --vcpus 2 --slot anon,size=1M,gpa=0
	cat "$kvm/s2/vms" > "$share/vms-during"
	keep list.json s2ctl -j list
	stop_all
	vmm --name third --slot anon,size=1M,gpa=0
	until_true no_vms
	cat "$kvm/s2/vms" > "$share/vms-after"
	keep host.json s2ctl -j host
}

if [ "${1:-}" = vms ]; then
	vms
	exit
fi

for f in "$kvm"/s2/*; do
	printf '%s %s %s\n' "${f##*/}" "$(stat -c %a "$f")" \
		"$(od -An -c "$f" | tr -s ' \n' ' ')"
done > "$share/attrs"
keep attrs-user setpriv --reuid=tester --regid=tester --clear-groups \
	cat "$kvm/s2/fwb" "$kvm/s2/features"

# The kernel announced the device long ago; have it say so again, and look at
# the attributes at that moment, as a udev rule would.
keep add uevents "$share/add.events" sh -c "echo add > $kvm/uevent"

keep vms uevents "$share/vm.events" sh "$share/events.sh" vms
