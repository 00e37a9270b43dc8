#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# core-race.sh WALKS CLASS TYPE [WORD...]: corewalk beside VMs that fault, split blocks, lose their memory,
# change what is behind an address, and come and go.  What it says is in $share/walk.
# A BAR that vfio-pci maps is of CLASS and TYPE; with the WORDs blocks are split.
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh

ram=0x40000000
high=0x8000000000

# start_of BDF: where its BAR 2 begins
start_of()
{
	sed -n '3s/ .*//p' "/sys/bus/pci/devices/$1/resource"
}

# act NAME ACTIONS ARG...: a VM that does the actions again and again
act()
{
	name=$1
	actions=$2
	shift 2
	while echo "$actions"; do :; done 2> /dev/null |
		vmm --name "$name" --script "$@" > /dev/null 2> "$share/$name.err" &
	acting="$acting $!"
}
acting=

walks=$1 vfio_class=$2 vfio_type=$3
shift 3
split=$*
# shellcheck disable=SC2046
set -- $(ivshmems)
bar=/sys/bus/pci/devices/$1/resource2
vfio-bind "$2"

start steady --hold=idle --slot hugetlb,size=4M,gpa=$ram,slot=0 \
	--slot "vfio=$2/2,size=1M,gpa=$high,slot=1" \
	--guest write@$ram:4M:2M --guest read@$high:1M
start faults --hold=faults --slot anon,size=1M,gpa=$ram,slot=0
# shellcheck disable=SC2086
act split "--flags 0:log --guest write@$ram:8M:64K --flags 0:none --discard 0 --guest write@$ram:8M:2M" \
	$split --slot anon-thp,size=8M,gpa=$ram,slot=0
# At one address RAM, then a device, and RAM again
act swap "--delete 0 --move 1:$ram --guest read@$ram:2M:64K --move 1:$high --make 0 --guest write@$ram:2M:64K" \
	--slot anon,size=2M,gpa=$ram,slot=0 \
	--slot "bar=$bar,size=2M,off=1M,gpa=$high,slot=1"
act readonly "--discard 0 --guest read@$ram:1M --delete 0 --make 0" \
	--slot anon,size=1M,gpa=$ram,slot=0,flags=ro
while [ ! -e /tmp/stop ]; do
	vmm --name brief --slot anon,size=1M,gpa=$ram,slot=0 \
		--slot "bar=$bar,size=1M,gpa=$high,slot=1" \
		--guest write@$ram:1M --guest read@$high:64K > /dev/null
	echo
done > "$share/brief" 2> "$share/brief.err" &
brief=$!

cat > /tmp/rules << END
steady 0 ram wb wb rwx 0
steady 1 $vfio_class device $vfio_type rw $(start_of "$2")
steady all
faults 0 ram wb wb rwx 0
split 0 ram wb wb rwx 0
swap 0 ram wb wb rwx 0
swap 1 io device device rw $(($(start_of "$1") + 0x100000))
readonly 0 ram wb wb rx 0
brief 0 ram wb wb rwx 0
brief 1 io device device rw $(start_of "$1")
END
keep walk corewalk "$walks" /tmp/rules
: > /tmp/stop
wait "$brief"
# Each must still be there, for one that failed has ended; they do not look at SIGTERM
# shellcheck disable=SC2086
keep acting kill -KILL $acting
stop_all
