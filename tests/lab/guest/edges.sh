#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# edges.sh [nodax]: memory that is of two kinds, and references that are left.
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh
# shellcheck source=regions.sh
. /mnt/share/regions.sh

load_testmem
make_devdax
# The first MiB is in the memory map, the second is not.
both="size=2M,off=2M,gpa=0x10000000"
start straddle --hold=idle --slot "testmem=reserved/nc+blocks,$both" \
	--guest read@0x10000000 --guest misread@0x10000000 \
	--guest misread@0x10100000 --guest read@0x10000000:2M
start late --hold=idle --slot "testmem=reserved/wb,$both" \
	--guest read@0x10000000 --guest read@0x10100000 \
	--guest read@0x10000000:1M
start fetch --hold=idle --slot file=/dev/dax0.0,size=2M,gpa=0x10000000 \
	--guest read@0x10000000 --refs 0 \
	--guest exec@0x10000000 --guest exec@0x10000000 \
	--guest exec@0x10000000 --guest exec@0x10000000 \
	--guest exec@0x10000000 --guest exec@0x10000000 \
	--guest exec@0x10000000 --guest exec@0x10000000 --refs 0
if [ "${1-}" != nodax ]; then
	make_fsdax
	# Not the block's first page, so that the two can be told apart.
	start dax --hold=idle \
		--slot file=/mnt/dax/file,size=4M,gpa=0x10000000 \
		--refs 0 --refs 0:20K --guest read@0x10005000 \
		--refs 0 --refs 0:20K
	cat "/sys/kernel/debug/kvm/$pid-"*/stage2_page_tables > "$share/pt"
fi
keep show.json s2ctl -j show
stop_all
report_leaks
