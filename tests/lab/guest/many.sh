#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# many.sh COUNT...: so many VMs of 32 slots, more each time, and what an audit of
# all of them takes: lines of VMs, KiB resident at most, nanoseconds, exit status
# and findings.
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh

# 31 slots and the guest's code; one page of each of four is mapped
slots=
n=0
while [ $n -lt 31 ]; do
	slots="$slots --slot anon,size=64K,gpa=$((0x10000000 + n * 0x100000)),slot=$n"
	n=$((n + 1))
done
guest="--guest write@0x10000000 --guest write@0x10100000
	--guest write@0x10200000 --guest write@0x10300000"

made=0
for count; do
	while [ $made -lt "$count" ]; do
		made=$((made + 1))
		# shellcheck disable=SC2086
		start vm$made --hold=idle $slots $guest
		rm -f "$share/vm$made.vmm" "$share/vm$made.ready"
	done
	# Once for an emulator that has not seen this code yet
	s2ctl audit --format=jsonl > /dev/null || :
	status=0
	rss /tmp/cost s2ctl audit --format=jsonl > /tmp/audit || status=$?
	echo "$count $(cat /tmp/cost) $status $(grep -c '"record":"finding"' /tmp/audit)" \
		>> "$share/many"
	tail -n 1 /tmp/audit >> "$share/sums"
done
