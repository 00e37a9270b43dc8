#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh
dmesg > "$share/dmesg"
cp -r /sys/kernel/debug/kunit "$share/kunit" 2> /dev/null || true
