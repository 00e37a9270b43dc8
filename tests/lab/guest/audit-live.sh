#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# audit-live.sh: what audits say of the same VMs one after the other, while they
# get slots, are refused faults and are joined by another.
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh
# shellcheck source=workers.sh
. /mnt/share/workers.sh

date -s "2026-01-01 00:00:00" > /dev/null		# for waivers
bar=/sys/bus/pci/devices/$(ivshmem)/resource2
for class in ram io; do
	s2ctl policy set --class=$class --mode=enforce match-vma
done

worker first vmm --name first --uuid 6ba7b810-9dad-11d1-80b4-00c04fd430c8 \
	--slot anon,size=64K,gpa=0x10000000,slot=0 \
	--slot "bar=$bar,size=64K,gpa=0x20000000,slot=1" \
	--script=/tmp/first.done
# A slot that comes later, and faults that are refused before and after
tell first "--delete 1 --guest write@0x10000000"
keep clean.json s2ctl -j audit
tell first "--policy 0:floor=device:enforce"
tell first "--guest write@0x10001000 --guest write@0x10001000"
keep old.json s2ctl -j audit
keep old-snapshot.json s2ctl snapshot
keep nothing.json s2ctl -j audit --baseline="$share/old.json"

tell first "--guest write@0x10001000 --guest write@0x10002000 --guest write@0x10001000"
tell first "--make 1 --guest write@0x20000000:64K"
start second --hold=idle --slot anon,size=64K,gpa=0x10000000 \
	--guest write@0x10000000
keep new.json s2ctl -j audit
keep since.json s2ctl -j audit --baseline="$share/old.json"
keep since.jsonl s2ctl audit --format=jsonl --baseline="$share/old.json"
keep one.json s2ctl -j audit --baseline="$share/old.json" second
keep new-snapshot.json s2ctl snapshot
keep diff.json s2ctl -j diff "$share/old-snapshot.json" \
	"$share/new-snapshot.json"
keep back.json s2ctl -j diff "$share/new-snapshot.json" \
	"$share/old-snapshot.json"

keep waived.json s2ctl -j audit --waivers="$share/waive-all.json"
keep expired.json s2ctl -j audit --waivers="$share/waive-expired.json"
keep elsewhere.json s2ctl -j audit --waivers="$share/waive-elsewhere.json"
keep missing s2ctl audit --waivers="$share/no-such.json"
keep lenient s2ctl audit --fail-on=high

# What only audits is said, too, once memory is mapped again.
s2ctl policy set --class=io --mode=audit --force match-vma
keep unused.json s2ctl -j audit --rule=S2-008
tell first "--guest write@0x20000000"
keep watched.json s2ctl -j audit --rule=S2-008
keep gone.json s2ctl -j preflight --on "$share/new-snapshot.json" third
tell first "--delete 1"
all_end first
