#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# policy-refused.sh HOW: VMs and hosts that cannot have what a policy asks.
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh
# shellcheck source=regions.sh
. /mnt/share/regions.sh

gpa=0x10000000
slot="--slot anon,size=64K,gpa=$gpa,slot=0"

case $1 in
protected)
	# shellcheck disable=SC2086
	start vm --hold=idle $slot --s2-cap --guest write@$gpa \
		--policy 0:noexec:enforce --policy ram:noexec:enforce \
		--policy ram:floor=nc+force:enforce \
		--policy-try 0:noexec:enforce --s2-slot 0 --s2-extents \
		--guest exec@$gpa
	for what in "policy-set class=1" "policy-set vm=1 class=1" \
		"policy-set vm=1 slot=0" "policy-check class=1" \
		"policy-check vm=1 slot=0"; do
		# shellcheck disable=SC2086
		nlclient $what constraints=8 mode=2
	done > "$share/nl"
	keep sysfs bash -c \
		'echo enforce noexec > /sys/class/misc/kvm/s2/policy_ram'
	keep left cat /sys/class/misc/kvm/s2/policy_ram
	keep set-host s2ctl policy set --class ram --mode=enforce noexec
	keep set-vm s2ctl policy set --vm 1 --class ram --mode=enforce noexec
	keep set-none s2ctl policy set --class ram none
	# comments are allowed; this one has rules
	keep apply s2ctl policy apply --force "$share/site.json"
	;;
nested)
	# shellcheck disable=SC2086
	keep el2 vmm --el2 $slot --guest write@$gpa
	dmesg > "$share/dmesg"
	;;
mte)
	load_testmem
	make_devdax
	# shellcheck disable=SC2086
	start vm --hold=idle --mte $slot --guest write@$gpa:64K \
		--policy 0:floor=nc+force:enforce \
		--policy 0:floor=nc+force:audit \
		--policy ram:floor=nc+force:enforce \
		--policy zone-device:floor=nc+force:enforce \
		--policy-try ram:floor=nc+force:enforce --policy-get 0 \
		--s2-slot 0 --policy 0:floor=nc:enforce --guest write@$gpa \
		--policy 0:none:none --guest write@$gpa
	keep devdax vmm --mte --slot "file=/dev/dax0.0,size=2M,gpa=$gpa" \
		--guest read@$gpa
	keep nomap vmm --mte \
		--slot "testmem=reserved/wb,size=1M,off=4M,gpa=$gpa" \
		--guest read@$gpa
	;;
unflushable)
	load_testmem
	# Half of the slot is in the memory map, the other half has no alias.
	start vm --hold=idle \
		--slot "testmem=reserved/wb,size=2M,off=2M,gpa=$gpa,slot=0" \
		--policy 0:floor=nc+force:enforce --guest write@$gpa:1M \
		--guest write@0x10100000 --guest read@0x101ff000 \
		--again=times=3 --policy-get 0 --s2-extents \
		--policy 0:none:none --guest write@$gpa:2M --s2-extents
	;;
esac
stop_all
report_leaks
