#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A VM with a GICv2, whose CPU interface KVM itself maps.
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh

start gic --hold=idle --vgic=2 --slot anon,size=1M,gpa=0 \
	--guest write@0:64K --s2-extents=phys
keep show.json s2ctl -j show
keep phys.json s2ctl -j show --extents --phys
keep show.txt s2ctl show
keep extents.txt s2ctl show --extents
keep audit.json s2ctl -j audit
keep nl.json nlclient dump
stop_all
