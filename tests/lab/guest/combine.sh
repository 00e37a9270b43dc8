#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What an access that is not aligned comes to, for each pair of types of the
# two stages, and what s2ctl says that it comes to on this host's CPU.
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh
# shellcheck source=regions.sh
. /mnt/share/regions.sh

load_testmem
for s2 in wb nc device; do
	case $s2 in
	wb) slot=anon ;;
	nc) slot=testmem=no-struct/nc+io+any-uncached ;;
	device) slot=testmem=no-struct/device ;;
	esac
	start $s2 --hold=idle --slot "$slot,size=1M,gpa=0x10000000" \
		--guest misread/wb@0x10000000 --guest misread/nc@0x10000000 \
		--guest misread/device@0x10000000
	for s1 in wb nc device; do
		keep $s1-$s2.json s2ctl -j explain type --stage1=$s1 \
			--stage2=$s2
	done
done
stop_all
