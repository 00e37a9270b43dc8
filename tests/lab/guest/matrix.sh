#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# matrix.sh [walk [brief]]: one VM after the other, as the lines of $share/cases
# say: name, slot, and what the guest does.  With "walk" each spins until its page
# table was read from outside, which a line of standard input says.  It stands still
# while it is asked for; with "brief" s2ctl show alone asks.
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh
# shellcheck source=regions.sh
. /mnt/share/regions.sh

bdf=$(ivshmem)
vfio-bind "$bdf"
load_testmem
make_devdax
make_fsdax
echo "$bdf" > "$share/bdf"

# $bdf is known here, not where the cases are written.
sed "s/@BDF@/$bdf/g" "$share/cases" > /tmp/cases

# Who is ready says so here, and how each ended; nobody has to look again and again.
mkfifo /tmp/told
exec 3<> /tmp/told 4< /tmp/cases

ask()
{
	keep "$1.json" s2ctl -j show --phys --extents "$2"
	[ "${brief-}" ] || keep "$1.nl.json" nlclient dump phys
	[ "${brief-}" ] || keep "$1.audit.json" s2ctl -j audit "$2"
}

[ "${2-}" != brief ] || brief=1
while read -r name slot actions <&4; do
	# shellcheck disable=SC2086
	{
		status=0
		vmm --name "$name" --ready /tmp/told --hold --slot "$slot" \
			$actions --s2-cap > "$share/$name.vmm" \
			2> "$share/$name.err" || status=$?
		echo "$status" > /tmp/told
	} &
	read -r told <&3
	case $told in
	*pid*)
		pid=${told#*\"pid\":}
		pid=${pid%%,*}
		: > "$share/$name.held"
		[ "${1-}" != walk ] || read -r _
		kill -STOP "$pid"
		ask "$name" "$pid"
		kill "$pid"
		kill -CONT "$pid"
		read -r told <&3
		;;
	esac
	echo "$told" > "$share/$name.status"
done
report_leaks
