#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# race.sh ARG...: policyrace with these arguments; what it says is in
# $share/race.
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh
# shellcheck source=regions.sh
. /mnt/share/regions.sh

make_devdax
make_fsdax
keep race policyrace "$@" /mnt/dax/file
cat /sys/class/misc/kvm/s2/policy_ram > "$share/left"
report_leaks
