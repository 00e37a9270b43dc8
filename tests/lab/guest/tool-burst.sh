#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# tool-burst.sh TIMES: so many faults of one VM are denied, and another one faults
# as well: alone, and at the same time.
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh
# shellcheck source=workers.sh
. /mnt/share/workers.sh

worker storm vmm --name storm --slot anon,size=64K,gpa=0x10000000,slot=0 \
	--script=/tmp/storm.done
tell storm "--s2-slot 0"
worker calm vmm --name calm --time --script=/tmp/calm.done \
	--slot anon,size=4M,gpa=0x10000000,slot=0
tell calm "--s2-slot 0"

# 1024 faults, five times
rounds()
{
	for _ in 1 2 3 4 5; do
		tell calm "--discard 0 --guest write@0x10000000:4M"
	done
}

watch all --json
until_lines 1 /tmp/all.lines ready
s2ctl policy set --vm=storm --slot=0 --mode=enforce floor=device
rounds
tell storm "--guest read@0x10000000"
echo "--again=times=$(($1 - 1))" > /tmp/storm.in
keep before.json s2ctl -j policy get storm
rounds
keep during.json s2ctl -j policy get storm
done_by storm
rounds
keep after.json s2ctl -j policy get storm
until_lines 1 /tmp/all.lines "\"denied\":$1,"
kill -TERM "$(cat /tmp/all.pid)"
keep events watched all
all_end storm calm
