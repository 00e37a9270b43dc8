#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# selftests.sh FOLDER: runs the programs that /mnt/share/list names, one a
# line with its arguments; "status line" of each goes to /mnt/share/results.
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh
cd "$share/$1"
# shellcheck disable=SC3045	# dash has it
ulimit -n 4096
while read -r test args; do
	[ -n "$test" ] || continue
	status=0
	# shellcheck disable=SC2086
	timeout 1500 "./$test" $args > /tmp/out 2>&1 < /dev/null || status=$?
	printf '%s %s\n' "$status" "$test${args:+ $args}" >> "$share/results"
	if [ "$status" != 0 ]; then
		printf '== %s %s\n' "$test" "$status"
		tail -n 12 /tmp/out
	fi
done < "$share/list" > "$share/failures"
