#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Three VMs, as the lines of $share/vms say, a netlink client and a shell, which
# do what the lines of $share/ops say: who (1 to 3, a or s), and what.  Each is
# done before the next begins.  Another client listens for events.
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh
# shellcheck source=regions.sh
. /mnt/share/regions.sh

bdf=$(ivshmem)
vfio-bind "$bdf"
load_testmem
make_devdax
make_fsdax
sed "s/@BDF@/$bdf/g" "$share/vms" > /tmp/vms

trace=/sys/kernel/tracing
[ -d $trace/events ] || mount -t tracefs tracefs $trace
echo 8192 > $trace/buffer_size_kb
echo 1 > $trace/events/kvm/kvm_s2_cmo/enable

# Who has done a line says so here with an empty one; there is only one at work.
mkfifo /tmp/done
exec 4<> /tmp/done

# worker NAME COMMAND ARG...: does what comes through the FIFO NAME.in.
worker()
{
	who=$1
	shift
	mkfifo "/tmp/$who.in"
	(
		status=0
		"$@" < "/tmp/$who.in" > "/tmp/$who.out" 2> "$share/$who.err" ||
			status=$?
		echo "$status" > /tmp/done
	) &
}

nlclient events "$share/events" sh -c \
	'until [ -e /tmp/end ]; do sleep 0.2; done' 2> "$share/events.err" &
listener=$!

# shellcheck disable=SC2046
{
worker 1 vmm --name vm1 $(sed -n 1p /tmp/vms) --script=/tmp/done
worker 2 vmm --name vm2 $(sed -n 2p /tmp/vms) --script=/tmp/done
worker 3 vmm --name vm3 $(sed -n 3p /tmp/vms) --script=/tmp/done
worker a nlclient script /tmp/done
}
exec 5> /tmp/1.in
# in this order, for identities are given in it
echo --s2-slot 0 >&5
read -r end <&4
exec 6> /tmp/2.in
echo --s2-slot 0 >&6
read -r end <&4
exec 7> /tmp/3.in 8> /tmp/a.in
echo --s2-slot 0 >&7
read -r end <&4

while read -r who what; do
	case $who in
	1) echo "$what" >&5 ;;
	2) echo "$what" >&6 ;;
	3) echo "$what" >&7 ;;
	a) echo "$what" >&8 ;;
	s)
		status=0
		sh -c "$what" < /dev/null >> /tmp/s.out 2>&1 || status=$?
		echo "= $status" >> /tmp/s.out
		continue
		;;
	esac
	read -r end <&4
	if [ -n "$end" ]; then
		echo "$who ended with $end: $what" >&2
		exit 1
	fi
done < "$share/ops"
keep nl.json nlclient dump
keep show.json s2ctl -j show --extents
touch /tmp/s.out
for who in 1 2 3 a s; do
	cp "/tmp/$who.out" "$share/$who.out"
done
exec 5>&- 6>&- 7>&- 8>&-
for who in 1 2 3 a; do
	read -r end <&4
	echo "$end"
done > "$share/ends"
cat $trace/trace > "$share/trace"
: > /tmp/end
wait "$listener"
report_leaks
