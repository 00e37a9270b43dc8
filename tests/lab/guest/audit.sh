#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# audit.sh [fwb]: a host without a fault, then VMs that each break a rule of the
# audit; what s2ctl audit, diff and preflight say of them.
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh
# shellcheck source=regions.sh
. /mnt/share/regions.sh

bdf=$(ivshmem)
bar=/sys/bus/pci/devices/$bdf/resource2
vfio-bind "$bdf"
# what has no struct pages and, behind it, the persistent memory
LAB_NO_STRUCT=${LAB_NO_STRUCT%,*},0x10000000
load_testmem
make_devdax

at="size=64K,gpa=0x10000000"
write="--guest write@0x10000000:64K"

# shellcheck disable=SC2086
start early --hold=idle --slot anon,$at $write
keep bare.json s2ctl -j audit
kill "$pid"
wait "$pid" || :
pids=
keep host.txt s2ctl policy set --class=ram --mode=enforce match-vma
# shellcheck disable=SC2086
start clean --hold=idle --slot anon,$at $write
keep clean.json s2ctl -j audit
keep before.json s2ctl snapshot

# Memory that a driver mapped for the VMM, and that goes away under it: of the
# devdax device's huge pages KVM takes the first page of each that way.
start lost --hold=idle \
	--slot testmem=no-struct/wb,size=4K,gpa=0x10000000,off=224M \
	--guest write@0x10000000
keep held.json s2ctl -j audit lost
echo dax0.0 > $nd/drivers/dax_pmem/unbind

# shellcheck disable=SC2086
bad()
{
	start bar --hold=idle --slot "bar=$bar,$at" $write
	start wc --hold=idle --slot "bar=${bar}_wc,$at" $write
	start vfio --hold=idle --slot "vfio=$bdf/2,$at" $write
	# the same memory, as an accelerator's driver and another's have it;
	# without FWB, the first is refused
	set -- "${1-}" --slot testmem=no-struct/wb,$at \
		$write --guest exec@0x10000000
	if [ "$1" ]; then
		shift
		start cached --hold=idle "$@"
	else
		shift
		keep refused vmm --name cached "$@"
	fi
	start shared --hold=idle \
		--slot testmem=no-struct/nc+io+any-uncached,$at $write
	# twice the first page, and nothing else of it
	start denied --hold=idle --slot anon,$at,slot=0 \
		--policy 0:floor=device:enforce \
		--guest write@0x10000000 --guest write@0x10000000
	# and once what would have been
	start watched --hold=idle --slot anon,$at,slot=0 \
		--policy 0:floor=device:audit --guest write@0x10000000
}
bad "$@"

keep audit.json s2ctl -j audit
keep audit.jsonl s2ctl audit --format=jsonl
keep audit.sarif s2ctl audit --format=sarif
keep audit.prom s2ctl audit --format=prometheus
keep audit.html s2ctl audit --format=html
keep site.json s2ctl -j audit --policy="$share/strict.json"
keep approved.json s2ctl -j audit --policy="$share/approving.json"
keep waived.json s2ctl -j audit --waivers="$share/waivers.json"
keep new.json s2ctl -j audit --baseline="$share/clean.json"
keep same.json s2ctl -j audit --baseline="$share/audit.json"
keep high.json s2ctl -j audit --severity=high
keep one.json s2ctl -j audit --rule=S2-003,S2-006 wc
keep after.json s2ctl snapshot
keep read.json s2ctl -j --from "$share/after.json" audit
keep read-site.json s2ctl -j --from "$share/after.json" audit \
	--policy="$share/strict.json"
keep diff.json s2ctl -j diff "$share/before.json" "$share/after.json"
keep nodiff.json s2ctl -j diff "$share/after.json" "$share/after.json"

keep stay.json s2ctl -j preflight --on "$share/after.json" clean
# Could these move to that host?
if [ -e "$share/other.json" ]; then
	keep move-clean.json s2ctl -j preflight --on "$share/other.json" clean
	keep move-cached.json s2ctl -j preflight --on "$share/other.json" cached
fi
stop_all
