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

# Stock has no policies.
policy=/sys/class/misc/kvm/s2/policy_ram
[ -e $policy ] || exit 0

# What a policy for the slot costs that unmaps it
vmm --time --slot "anon,size=$1,gpa=0,flags=populate" \
	--guest "write@0:$1" --policy 0:noexec:enforce > "$share/zap"

# Constraints of every scope and owner, in both modes, that refuse nothing
echo "enforce match-vma" > $policy
vmm --time --slot "anon,size=$1,gpa=0,flags=populate" \
	--policy ram:noexec:audit --policy 0:noexec+locked:enforce \
	--guest "write@0:$1" > "$share/constrained"
