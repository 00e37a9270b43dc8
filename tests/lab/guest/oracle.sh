#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# One VM over every kind of memory, whose vCPUs stay in guest code while its
# stage 2 is read from outside.
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh

bdf=$(ivshmem)
bar=/sys/bus/pci/devices/$bdf/resource2
vfio-bind "$bdf"
start all --vcpus 2 --hold \
	--slot anon,size=2M,gpa=0 \
	--slot memfd,size=1M,gpa=0x200000 \
	--slot anon-thp,size=4M,gpa=0x400000 \
	--slot hugetlb,size=4M,gpa=0x800000 \
	--slot anon,size=256K,gpa=0xc00000,flags=ro+populate \
	--slot "bar=$bar,size=1M,gpa=0x10000000" \
	--slot "bar=${bar}_wc,size=1M,gpa=0x11000000" \
	--slot "vfio=$bdf/2,size=16M,gpa=0x20000000" \
	--slot "mixed=$bar,size=4M,gpa=0x8000000000" \
	--guest write@0:1M:8K --guest read@0x180000:64K --guest exec@0x4000 \
	--guest write@0x200000:1M --guest write@0x400000:4M \
	--guest write@0x800000:4M --guest read@0xc00000:256K \
	--guest write@0x10000000:64K --guest write@0x11000000:64K:12K \
	--guest write@0x20000000:16M --guest write@0x8000000000:4M
for when in before after; do
	keep $when.json s2ctl -j show --extents --phys
	keep $when-nl.json nlclient dump phys
	: > "$share/$when"
	[ $when = after ] || wait_for "$share/walked"
done
stop_all
