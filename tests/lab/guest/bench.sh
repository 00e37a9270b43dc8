#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# bench.sh SIZE: one VM with one slot of 4 KiB pages that the host has made
# already, so that a stage-2 fault is all that a touch costs.
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh

vmm --time --slot "anon,size=$1,gpa=0,flags=populate" \
	--guest "write@0:$1" \
	--s2-extents=quiet,count=512 --s2-extents=quiet,count=512,phys \
	--read-pt --delete 0 > "$share/bench"
