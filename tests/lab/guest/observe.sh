#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# VMs over all kinds of memory, and everything that reports about them.
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh

bdf=$(ivshmem)
bar=/sys/bus/pci/devices/$bdf/resource2
vfio-bind "$bdf"
echo "$bdf" > "$share/bdf"

trace=/sys/kernel/tracing
[ -d $trace/events ] || mount -t tracefs tracefs $trace
echo 8192 > $trace/buffer_size_kb
[ ! -d $trace/events/kvm/kvm_s2_decide ] ||
	echo 1 > $trace/events/kvm/kvm_s2_decide/enable

s2="--s2-cap --s2-slot 0 --s2-extents --s2-extents=phys"

# shellcheck disable=SC2086
vms()
{
	start anon --hold=idle --slot anon,size=4M,gpa=0 \
		--guest write@0:64K --guest read@0x100000:64K \
		--guest exec@0x8000 --guest misread@0 --guest misread/nc@0 $s2
	start memfd --hold=idle --slot memfd,size=4M,gpa=0x40000000 \
		--guest write@0x40000000:2M --guest misread@0x40000000 $s2
	start thp --hold=idle --slot anon-thp,size=4M,gpa=0x200000 \
		--guest write@0x200000:4M $s2
	start huge --hold=idle --slot hugetlb,size=4M,gpa=0x200000 \
		--guest write@0x200000:4M --guest misread@0x200000 $s2
	start bar --hold=idle --slot "bar=$bar,size=1M,gpa=0x10000000" \
		--guest write@0x10000000:64K --guest misread@0x10000000 \
		--guest misread/nc@0x10000000 --guest miswrite@0x10000000 \
		--guest exec@0x10000000 $s2
	start wc --hold=idle --slot "bar=${bar}_wc,size=1M,gpa=0x10000000" \
		--guest write@0x10000000:64K --guest misread@0x10000000 $s2
	start vfio --hold=idle --slot "vfio=$bdf/2,size=1M,gpa=0x20000000" \
		--guest write@0x20000000:64K --guest misread@0x20000000 \
		--guest misread/nc@0x20000000 --guest miswrite@0x20000000 \
		--guest exec@0x20000000 $s2
	start mixed --hold=idle --slot "mixed=$bar,size=4M,gpa=0" \
		--guest write@0:4M $s2
	start hole --hold=idle --slot hole,size=1M,gpa=0 --guest read@0 $s2
	start ro --hold=idle --slot anon,size=1M,gpa=0,flags=ro+populate \
		--guest read@0:1M --guest write@0 $s2
	start untouched --hold=idle --slot anon,size=1M,gpa=0 $s2
	start orphan --hold=orphan --slot anon,size=1M,gpa=0 \
		--guest write@0:64K $s2
	start many --hold=idle --vgic --vcpus 3 \
		--slot anon,size=64K,gpa=0x30000,slot=7 \
		--slot memfd,size=64K,gpa=0x10000,slot=3,flags=log \
		--slot anon,size=64K,gpa=0x20000,slot=5 \
		--guest write:vcpu=1@0x10000:192K --s2-slot 3 --s2-extents
}
vms

[ ! -d $trace/events/kvm/kvm_s2_decide ] ||
	echo 0 > $trace/events/kvm/kvm_s2_decide/enable
cat $trace/trace > "$share/trace"

keep list.json s2ctl -j list
keep show.json s2ctl -j show
keep phys.json s2ctl -j show --extents --phys
keep audit.json s2ctl -j audit
keep host.json s2ctl -j host
keep snapshot.json s2ctl snapshot
keep from.json s2ctl -j --from "$share/snapshot.json" audit
keep list.txt s2ctl list
keep show.txt s2ctl show --extents
keep map.txt s2ctl show --map
keep nl.json nlclient dump
keep nl-phys.json nlclient dump phys
mkdir -p "$share/pt"
for d in /sys/kernel/debug/kvm/*-*; do
	[ ! -e "$d/stage2_page_tables" ] ||
		cat "$d/stage2_page_tables" > "$share/pt/${d##*/}" || true
done
# the orphan's holder is not the process that was started
pids="$pids $(sed 's/.*"pid":\([0-9]*\).*/\1/' /tmp/orphan.ready)"
stop_all
keep after.json s2ctl -j list
