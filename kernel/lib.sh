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

# What a commit changes of files that an earlier one brought, for all bases.
changes_of() {	# COMMIT
	echo "$KERNEL_DIR/changes/$1.patch"
}

# The new files as the commits that bring them have them, under their kernel
# paths: the repository has them as they are after the last commit, so later
# changes are taken back, last first.
first_versions() {	# DIR
	local path commit
	for commit in $(commits); do
		files_of "$commit" | while read -r path; do
			[ -f "$(home_of "$path")" ] ||
				die "$commit brings $path, which is not there"
			install -D -m 644 "$(home_of "$path")" "$1/$path"
		done
	done
	for commit in $(commits | tac); do
		[ -f "$(changes_of "$commit")" ] || continue
		git -C "$1" apply -R "$(changes_of "$commit")" ||
			die "$(changes_of "$commit") is not in the files"
	done
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
