#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# On the debug kernel (lockdep, KASAN, sleep-in-atomic checks): all that
# reports, while VMs of every kind run, touch and lose memory and end.
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh

bdf=$(ivshmem)
bar=/sys/bus/pci/devices/$bdf/resource2
vfio-bind "$bdf"
s2="--s2-slot 0 --s2-extents=count=7 --s2-extents=phys --read-pt"
# shellcheck disable=SC2086
{
start anon --vcpus 2 --hold=touch --slot anon,size=4M,gpa=0 \
	--guest write@0:4M --guest exec@0 $s2 --discard 0 $s2
start memfd --hold=touch --slot memfd,size=4M,gpa=0,flags=log \
	--guest write@0:4M $s2
start thp --hold=touch --slot anon-thp,size=8M,gpa=0 --guest write@0:8M $s2
start huge --hold=touch --slot hugetlb,size=4M,gpa=0 --guest write@0:4M $s2
start bar --hold=touch --slot "bar=$bar,size=4M,gpa=0" --guest write@0:4M \
	--guest exec@0 --guest misread@0 $s2
start vfio --hold=touch --slot "vfio=$bdf/2,size=16M,gpa=0" \
	--guest write@0:16M --guest exec@0 $s2
start mixed --hold=touch --slot "mixed=$bar,size=4M,gpa=0" \
	--guest write@0:4M $s2
start hole --hold=idle --slot hole,size=4M,gpa=0 --guest read@0 $s2
start gone --hold=idle --slot anon,size=4M,gpa=0 --guest write@0:4M \
	--unmap 0 $s2 --delete 0 $s2
start orphan --hold=orphan --slot anon,size=1M,gpa=0 --guest write@0:64K
}
(
	i=0
	while [ $i -lt 8 ]; do
		vmm --slot anon,size=2M,gpa=0 --guest write@0:2M \
			--s2-extents > /dev/null
		i=$((i + 1))
	done
	: > /tmp/churn.end
) &
n=0
while [ ! -e /tmp/churn.end ] || [ $n -lt 3 ]; do
	n=$((n + 1))
	keep s2ctl s2ctl -j show --extents --phys
	keep nl nlclient dump phys
	keep refusals nlclient refusals 1
	cat /sys/kernel/debug/kvm/*-*/stage2_page_tables > /dev/null 2>&1 || true
done
echo $n > "$share/rounds"
for s in /mnt/share/*/aarch64/s2_memtype /mnt/share/*/aarch64/s2_policy; do
	[ ! -x "$s" ] || keep "selftest-${s##*/}" "$s"
done
pids="$pids $(sed 's/.*"pid":\([0-9]*\).*/\1/' /tmp/orphan.ready)"
stop_all
keep stillborn stillborn 50
report_leaks
