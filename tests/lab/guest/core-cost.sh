#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# core-cost.sh BYTES...: what s2ctl takes on a kernel without the series: without a VM, and
# with one of so many bytes in 4 KiB pages, one after the other.  Nanoseconds.
# shellcheck disable=SC2128
[ "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh

# Microseconds of bash; a run before the one that counts has all in the caches
cost()
{
	local begin
	s2ctl --source=core list > /dev/null
	begin=${EPOCHREALTIME/[.,]/}
	s2ctl --source=core list > /dev/null
	echo $(((${EPOCHREALTIME/[.,]/} - begin) * 1000))
}

{
	echo "0 $(cost)"
	for bytes; do
		start big --slot "anon,size=$bytes,gpa=0x40000000" \
			--guest "touch@0x40000000:$bytes" --hold=idle
		echo "$bytes $(cost)"
		kill "$pid"
		wait "$pid" || :
	done
} > "$share/cost"
