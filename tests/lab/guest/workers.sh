# SPDX-License-Identifier: GPL-2.0-only
# For scripts with programs that are told line by line what to do, and with
# others in the background (dash).  common.sh comes first.
# shellcheck shell=sh

# worker NAME COMMAND ARG...: does what comes through the FIFO NAME.in, and says
# in NAME.done when it has, with an empty line.
worker()
{
	who=$1
	shift
	mkfifo "/tmp/$who.in" "/tmp/$who.done"
	chmod 666 "/tmp/$who.done"
	# Somebody has both open all the time, so that nobody waits to open one
	# and nobody writes to one that is not read.
	sleep 100000 <> "/tmp/$who.done" &
	pids="$pids $!"
	sleep 100000 > /dev/null 3<> "/tmp/$who.in" &
	echo $! > "/tmp/$who.holder"
	(
		status=0
		"$@" < "/tmp/$who.in" > "/tmp/$who.res" 2> "$share/$who.err" ||
			status=$?
		echo "$status" > "/tmp/$who.done"
	) &
}

# done_by NAME: wait for that
done_by()
{
	read -r end < "/tmp/$1.done"
	if [ -n "$end" ]; then
		echo "$1 ended with $end" >&2
		exit 1
	fi
}

# tell NAME WHAT: and wait until it is done
tell()
{
	echo "$2" > "/tmp/$1.in"
	done_by "$1"
}

# all_end NAME...: they have no more to do.  What they printed is in
# $share/NAME.out, and how they ended in $share/ends.
all_end()
{
	for who in "$@"; do
		kill "$(cat "/tmp/$who.holder")"
		read -r end < "/tmp/$who.done"
		echo "$end"
		cp "/tmp/$who.res" "$share/$who.out"
	done > "$share/ends"
	stop_all
}

# bg NAME COMMAND...: in the background; "ended NAME" waits for it to end, says
# what it wrote, and fails as it did.
bg()
{
	name=$1
	shift
	(
		status=0
		"$@" > "/tmp/$name.out" 2> "/tmp/$name.err" < /dev/null ||
			status=$?
		echo $status > "/tmp/$name.status"
	) &
}

ended()
{
	wait_for "/tmp/$1.status"
	cat "/tmp/$1.out"
	cat "/tmp/$1.err" >&2
	return "$(cat "/tmp/$1.status")"
}

# watch NAME ARG...: s2ctl monitor in the background.  Not from here: a shell
# has those ignore SIGINT.
watch()
{
	name=$1
	shift
	# shellcheck disable=SC2016
	bg "$name" onpty -p "/tmp/$name.pid" sh -c \
		'to=$1; shift; exec s2ctl monitor "$@" > $to.lines 2> $to.said' \
		sh "/tmp/$name" "$@"
	wait_for "/tmp/$name.lines"
}

# watched NAME: what it said, once it has ended
watched()
{
	status=0
	ended "$1" || status=$?
	cat "/tmp/$1.lines"
	cat "/tmp/$1.said" >&2
	return $status
}

has_lines()
{
	[ "$(grep -c -- "$3" "$2")" -ge "$1" ]
}

# until_lines N FILE TEXT: waits until there are so many lines with TEXT
until_lines()
{
	until_true has_lines "$@"
}
