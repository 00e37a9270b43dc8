#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# matrix.sh [walk]: one VM after the other, as the lines of $share/cases say:
# name, slot, and what the guest does.  With "walk" it waits until the VM's
# page table was read from outside.
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


while read -r name slot actions; do
	rm -f "/tmp/$name.ready"
	# shellcheck disable=SC2086
	vmm --name "$name" --ready "/tmp/$name.ready" --hold --slot "$slot" \
		$actions --s2-cap > "$share/$name.vmm" 2> "$share/$name.err" &
	pid=$!
	while [ ! -e "/tmp/$name.ready" ] && kill -0 $pid 2> /dev/null; do
		sleep 0.05
	done
	if [ -e "/tmp/$name.ready" ]; then
		keep "$name.json" s2ctl -j show --phys --extents "$pid"
		keep "$name.nl.json" nlclient dump phys
		keep "$name.audit.json" s2ctl -j audit "$pid"
		: > "$share/$name.held"
		[ "${1-}" != walk ] || wait_for "$share/$name.walked"
		kill $pid
	fi
	status=0
	wait $pid || status=$?
	echo $status > "$share/$name.status"
done < /tmp/cases
report_leaks
