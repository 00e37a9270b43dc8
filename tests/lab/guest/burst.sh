#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# burst.sh N: how a VM that faults all the time gets on beside one that only
# spins, and beside one of which N faults are denied; and what is told of those.
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh

slot=--slot\ anon,size=256K,gpa=0x10000000
page=0x10000000

# shellcheck disable=SC2086
{
start spin --hold=spin $slot
spin=$pid
start beside-spin --hold=faults $slot
}
sleep 0.5
kill "$pid"
wait "$pid"
kill "$spin"
wait "$spin"

nlclient events "$share/events" sh -c \
	'until [ -e /tmp/end ]; do sleep 0.2; done' 2> "$share/events.err" &
listener=$!
# shellcheck disable=SC2086
{
start beside-burst --hold=faults $slot
vmm --name burst --time $slot --policy 0:floor=device:enforce \
	--guest "read@$page" --again="times=$(($1 - 1))" --policy-get 0 \
	> "$share/burst" &
}
burst=$!
# The other VM need not be there to the end, which takes seconds.
sleep 0.5
kill "$pid"
wait "$pid"
kill -0 $burst
wait $burst
: > /tmp/end
wait "$listener"
cat /sys/class/misc/kvm/s2/denied > "$share/denied"
