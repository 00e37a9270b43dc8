#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# faults.sh [once]: every request, with each of its allocations failing.
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh

for kind in failslab fail_page_alloc; do
	d=/sys/kernel/debug/$kind
	[ -d $d ] || continue
	echo 0 > $d/verbose
	# those that may sleep as well, and of any size
	echo N > $d/ignore-gfp-wait
	[ ! -e $d/min-order ] || echo 0 > $d/min-order
done
keep faults failnth "$@"
report_leaks
