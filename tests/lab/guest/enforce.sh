#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# enforce.sh COUNT: s2ctl enforce, and what happens to it.  Each step leaves what was
# in force, NAME.policy, and how many lines the service had written, NAME.lines;
# all it wrote is in "log".
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh

count=$1
metrics=/tmp/full/s2ctl.prom
# Not in the share: the service appends to a file of this machine alone, and
# nobody cuts it.  It is handed out however this ends.
log=/tmp/service.log
: > "$log"
trap 'cp "$log" "$share/log"' EXIT

# says TEXT: from line $from of the log on
says()
{
	tail -n "+$from" "$log" | grep -qF -- "$1"
}

# until_log TEXT: the next one looks behind it
from=1
until_log()
{
	until_true says "$1"
	from=$(($(grep -nF -- "$1" "$log" | tail -n 1 | cut -d: -f1) + 1))
}

# until_metric TEXT: likewise a line of the text file
until_metric()
{
	until_true grep -qxF -- "$1" $metrics
}

leave()
{
	keep "$1.policy" s2ctl -j policy get
	wc -l < "$log" > "$share/$1.lines"
}

memory="--slot anon,size=64K,gpa=0x10000000,slot=0
	--guest write@0x10000000:64K"

mkdir -p /etc/s2ctl/policy.d /tmp/libvirt /tmp/full
mount -t tmpfs -o size=256k none /tmp/full
cp "$share/first.json" /etc/s2ctl/policy.d/site.json

# One that runs already and would lose what it uses, and one that would not
# shellcheck disable=SC2086
start strict-old --hold=idle $memory
old=$pid
# shellcheck disable=SC2086
start plain-old --hold=idle $memory

LD_PRELOAD=/mnt/share/breaksock.so BREAKSOCK=/tmp/break \
	s2ctl enforce --prune --metrics=$metrics --libvirt=/tmp/libvirt \
	2>> "$log" &
service=$!
until_log "2 VMs"
leave begun
kill -0 $old

# A VM comes, with rules of the site; one with none; and one that libvirt knows
# shellcheck disable=SC2086
start strict-new --hold=idle --slot anon,size=64K,gpa=0x10000000,slot=0
until_log "(strict-new): ram:"
# shellcheck disable=SC2086
start domain --hold=idle $memory
# in one step, as libvirt does
sed "s/@pid@/$pid/" "$share/domain.xml" > /tmp/domain.xml
mv /tmp/domain.xml /tmp/libvirt/domain.xml
until_log "(domain): io:"
leave came

# A policy with a mistake, then VMs all the same; then a good one with less
cp "$share/bad.json" /etc/s2ctl/policy.d/site.json
kill -HUP $service
until_log "stays in force"
until_metric "s2ctl_enforce_policy_current 0"
start strict-bad --hold=idle --slot anon,size=64K,gpa=0x10000000,slot=0
until_log "(strict-bad): ram:"
leave kept
cp "$share/second.json" /etc/s2ctl/policy.d/site.json
kill -HUP $service
until_log "2 rules were read"
until_metric "s2ctl_enforce_policy_current 1"
leave second

# Its socket is lost
touch /tmp/break
vmm --name gone --slot anon,size=64K,gpa=0x10000000,slot=0 > /dev/null
until_log "opening the sockets again"
until_log "the sockets are open again"
start strict-again --hold=idle --slot anon,size=64K,gpa=0x10000000,slot=0
until_log "(strict-again): io:"

# It sleeps while more happens than its socket takes
kill -STOP $service
n=0
while [ $n -lt 3000 ]; do
	n=$((n + 1))
	# class hole, noexec, audit, and away with it
	echo "policy-set class=8 constraints=$((n % 2 * 8)) mode=$((n % 2))"
done | nlclient script > /dev/null
start strict-missed --hold=idle --slot anon,size=64K,gpa=0x10000000,slot=0
kill -CONT $service
until_log "(strict-missed): io:"

# The disk is full, and then it is not
dd if=/dev/zero of=/tmp/full/fill bs=4k 2> /dev/null || :
start another --hold=idle --slot anon,size=64K,gpa=0x10000000,slot=0
until_log "cannot write"
rm /tmp/full/fill
until_log "is written again"

# Many at once
n=0
while [ $n -lt "$count" ]; do
	n=$((n + 1))
	vmm --name "crowd-$n" --ready "/tmp/crowd-$n.ready" --hold=idle \
		--slot anon,size=64K,gpa=0x10000000,slot=0 > /dev/null 2>&1 &
	pids="$pids $!"
done
i=0
while [ $i -lt "$count" ]; do
	i=$((i + 1))
	wait_for "/tmp/crowd-$i.ready"
done
# The text file may have VMs already that wait to be served
all_served()
{
	[ "$(grep -c '(crowd-[0-9]*): io: noexec' "$log")" -eq "$count" ]
}

until_true all_served
until_metric "s2ctl_vms $((count + 8))"
leave crowd

# Nothing happens any more: VMs are looked at once more after half a minute, and
# on a slow machine what goes before takes as well.  Sooner or later it sleeps.
switches()
{
	sed -n 's/^voluntary_ctxt_switches:\s*//p' /proc/$service/status
}

sleeps()
{
	before=$(switches)
	sleep 10
	after=$(switches)
	echo "$before $after" > "$share/switches"
	[ "$after" = "$before" ]
}

sleep 30
until_true sleeps

cp $metrics "$share/metrics"
kill -TERM $service
status=0
wait $service || status=$?
echo $status > "$share/service.status"
leave ended
s2ctl enforce --stopped --metrics=$metrics
cp $metrics "$share/stopped"
stop_all
