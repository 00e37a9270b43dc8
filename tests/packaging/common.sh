# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the tests of packages share: TAP, and a folder to build in.

# shellcheck source=lab/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lab/lib/common.sh"
cd "$TOP" || exit 1

n=0
bad=0
tmp=$(mktemp -d "${TMPDIR:-/var/tmp}/s2ctl-packages.XXXXXX")
trap 'rm -rf --one-file-system "$tmp"' EXIT
# Options of packaging/make-*
how=()

# check TITLE COMMAND...: a test that passes if COMMAND does.
check()
{
	local title=$1 out
	shift

	n=$((n + 1))
	if out=$("$@" 2>&1); then
		echo "ok $n - $title"
		return 0
	fi
	echo "not ok $n - $title"
	tail -n 60 <<< "$out" | sed 's/^/# /'
	bad=1
	return 1
}

skip()
{
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

# A program of this machine's that the whole test needs
needs()
{
	command -v "$1" > /dev/null && return
	echo "1..0 # SKIP $1 is not installed"
	exit 0
}

# make_packages deb|rpm LOG OUT [OPTION...]: what a build that fails says stands
# at the end of its log.
make_packages()
{
	local kind=$1 log=$2 out=$3
	shift 3

	packaging/make-"$kind" --log "$log" "${how[@]}" "$out" "$@" && return
	tail -n 40 "$log"
	return 1
}

finish()
{
	echo "1..$n"
	exit "$bad"
}
