#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# stops.sh N VCPUS: N VMs, one after the other, that are told to stop while their
# vCPUs fault and exit as fast as they can.  A line for each of how it ended.
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh

# Seconds of its own CPU time after which a VM has not heard that it is to stop.
# One that has needs far less than one of them.
deaf=60

# ended PID: that it is gone, or a zombie that waits for us; else its CPU time
# is in $ticks, in hundredths of a second
ended()
{
	read -r stat 2> /dev/null < "/proc/$1/stat" || return 0
	# shellcheck disable=SC2086
	set -- $stat
	ticks=$((${14} + ${15}))
	[ "$3" = Z ]
}

# how_it_ends PID: its exit status, or that it does not
how_it_ends()
{
	until ended "$1"; do
		if [ "$ticks" -gt $((began + deaf * 100)) ]; then
			kill -KILL "$1"
			echo "goes on"
			return
		fi
		sleep 0.01
	done
	status=0
	wait "$1" || status=$?
	echo "$status"
}

: > "$share/stops"
n=0
while [ $n -lt "$1" ]; do
	n=$((n + 1))
	# A slot of one page, so that each other access leaves KVM_RUN.
	start "stop$n" --vcpus "$2" --hold=faults \
		--slot anon,size=4K,gpa=0x10000000
	began=0
	ended "$pid" || began=$ticks
	kill "$pid"
	how_it_ends "$pid" >> "$share/stops"
	! grep -q "goes on" "$share/stops" || break
done
