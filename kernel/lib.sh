# SPDX-License-Identifier: GPL-2.0-only
# What the tools for the kernel series share.  Sourced, not run.
# shellcheck shell=bash

KERNEL_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOP=$(dirname "$KERNEL_DIR")

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

# Where this repository keeps a file that is new to Linux: the ABI stands once,
# in uapi/; all else under its kernel path in kernel/tree/.
home_of() {
	case $1 in
	include/uapi/linux/kvm_s2*.h)
		echo "$TOP/uapi/linux/${1##*/}" ;;
	Documentation/netlink/specs/kvm_s2.yaml)
		echo "$TOP/uapi/kvm_s2.yaml" ;;
	*)
		echo "$KERNEL_DIR/tree/$1" ;;
	esac
}

# The series is a list: a commit's name at the start of a line, then, indented,
# the new files that it brings.
commits() {
	grep -E '^[^#[:space:]]' "$KERNEL_DIR/series"
}

files_of() {
	awk -v name="$1" '
		/^#/ || /^$/ { next }
		/^[^ \t]/ { on = $1 == name; next }
		on { print $1 }' "$KERNEL_DIR/series"
}

hook_of() {	# BASE COMMIT
	echo "$KERNEL_DIR/hooks/$1/$2.patch"
}

# git in the kernel tree, with an identity and dates of its own, so that a
# series always gets the same commit ids, and never anybody's name.
kgit() {
	GIT_AUTHOR_DATE='2026-01-01T00:00:00Z' \
	GIT_COMMITTER_DATE='2026-01-01T00:00:00Z' \
	git -C "$SRC" -c user.name=s2ctl -c user.email=s2ctl@localhost \
		-c core.autocrlf=false -c commit.gpgsign=false \
		-c core.excludesFile=/dev/null "$@"
}
