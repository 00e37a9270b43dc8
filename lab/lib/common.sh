# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the lab's scripts share: where things are, how they report.

LAB=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TOP=$(dirname "$LAB")
CACHE=${S2CTL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/s2ctl}
export LAB TOP CACHE

die()
{
	printf '%s: %s\n' "lab/${0##*/}" "$*" >&2
	exit 1
}

# The machine's Debian release (bookworm, trixie) and architecture.
debian_release()
{
	local ID='' VERSION_CODENAME=''

	if [[ -r /etc/os-release ]]; then
		# shellcheck source=/dev/null
		. /etc/os-release
	fi
	if [[ $ID == debian ]]; then
		printf '%s\n' "$VERSION_CODENAME"
	fi
}

debian_arch()
{
	dpkg --print-architecture
}

# packages PURPOSE: what lab/packages wants on this machine, one a line.
packages()
{
	local release arch purpose package conditions c

	release=$(debian_release)
	arch=$(debian_arch)
	while read -r purpose package conditions; do
		[[ $purpose == "$1" ]] || continue
		for c in $conditions; do
			case $c in
			"!$release" | "!$arch") continue 2 ;;
			"!"*) ;;
			"$release" | "$arch") ;;
			*) continue 2 ;;
			esac
		done
		printf '%s\n' "$package"
	done < <(sed 's/#.*//' "$LAB/packages")
}

# The compiler for the lab's programs and kernel.
arm64_prefix()
{
	if [[ $(uname -m) != aarch64 ]]; then
		printf 'aarch64-linux-gnu-'
	fi
}

elapsed()
{
	local s=$1

	if ((s >= 60)); then
		printf '%dm%02ds' $((s / 60)) $((s % 60))
	else
		printf '%ds' "$s"
	fi
}

# step TITLE COMMAND...: run COMMAND, its output in a log, and say on standard
# error which step of how many this is and how long it takes.  LAB_STEP (like
# "3/7") is set by whoever knows the whole.  Shows the log's end on failure.
step()
{
	local title=$1 log pid start=$SECONDS rc=0 every=30 cr='' eol=$'\n' last=0
	local tag=${LAB_STEP:+[$LAB_STEP] }
	shift

	mkdir -p "$CACHE/log"
	log=$(mktemp "$CACHE/log/step.XXXXXX")
	if [[ -t 2 ]]; then
		every=1 cr=$'\r' eol=''
	fi
	printf '%s%s ...%s' "$tag" "$title" "$eol" >&2
	# In a process group of its own, so that all of it can be stopped.
	set -m
	"$@" > "$log" 2>&1 < /dev/null &
	pid=$!
	set +m
	# shellcheck disable=SC2064
	trap "kill -- -$pid 2> /dev/null; exit 130" INT TERM HUP
	while kill -0 "$pid" 2> /dev/null; do
		if ((SECONDS - start >= last + every)); then
			last=$((SECONDS - start))
			printf '%s%s%s ... %s%s' "$cr" "$tag" "$title" \
				"$(elapsed "$last")" "$eol" >&2
		fi
		sleep 0.2
	done
	wait "$pid" || rc=$?
	trap - INT TERM HUP
	if ((rc)); then
		printf '%s%s%s ... FAILED after %s; the end of %s:\n' "$cr" "$tag" \
			"$title" "$(elapsed $((SECONDS - start)))" "$log" >&2
		tail -n 40 "$log" >&2
		return "$rc"
	fi
	printf '%s%s%s ... %s\n' "$cr" "$tag" "$title" \
		"$(elapsed $((SECONDS - start)))" >&2
	rm -f "$log"
}

# with_lock NAME COMMAND...: one at a time over all processes of this cache.
# Like step, never use it where the shell ignores errors (if, &&, || ...): the
# functions it calls count on "set -e".
with_lock()
{
	local name=$1 fd
	shift

	mkdir -p "$CACHE/lock"
	exec {fd}> "$CACHE/lock/$name"
	if ! flock -n "$fd"; then
		printf 'lab: waiting for another build (%s)\n' "$name" >&2
		flock "$fd"
	fi
	"$@" {fd}>&-
	exec {fd}>&-
}
