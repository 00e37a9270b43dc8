#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs in the lab, for tests/cli/stock.

set -eu
# shellcheck source=tests/lab/guest/common.sh
. /mnt/share/common.sh

start one --slot anon,size=4M,gpa=0x40000000 \
	--guest touch@0x40000000:64K --hold=idle
start two --vcpus 2 --slot memfd,size=4M,gpa=0x40000000 --hold=idle
for command in host list show audit snapshot; do
	keep "$command.json" s2ctl "$command" --json
done
keep list.txt s2ctl list
keep one s2ctl show one
keep nobody s2ctl show nobody
keep version s2ctl version
stop_all
