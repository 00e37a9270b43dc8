#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Who may not ask, what cannot be asked, and VMs that end meanwhile.
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh

start one --hold --slot anon,size=1M,gpa=0 --guest write@0:64K
one=$pid

# The whole truth, to search what others get for.
keep truth.json s2ctl -j show --extents --phys
keep refusals nlclient refusals 1

# An ordinary user, one with all capabilities in a user namespace of its own,
# and root in another network namespace.
user()
{
	setpriv --reuid=tester --regid=tester --clear-groups "$@"
}
userns()
{
	user unshare --user --map-root-user --net "$@"
}
# in a user namespace that kept the initial network namespace
userns_net()
{
	user unshare --user --map-root-user "$@"
}
netns()
{
	unshare --net "$@"
}
cd /
for who in user userns netns; do
	keep "$who.try" "$who" nlclient try
	keep "$who.list" "$who" s2ctl -j list
	keep "$who.show" "$who" s2ctl -j show --extents --phys
	keep "$who.audit" "$who" s2ctl -j audit
	keep "$who.host" "$who" s2ctl -j host
	keep "$who.pid" "$who" s2ctl -j show "$one"
done
keep userns-net.try userns_net nlclient try
keep userns-net.list userns_net s2ctl -j list
# one capability of the two
keep net-admin.try setpriv --bounding-set=-sys_admin nlclient try
keep sys-admin.try setpriv --bounding-set=-net_admin nlclient try

# Output that cannot be written
full()
{
	s2ctl "$@" > /dev/full
}
for cmd in list show audit host; do
	keep "full-$cmd" full "$cmd"
	keep "full-json-$cmd" full -j "$cmd"
done
keep full-snapshot full snapshot
closed()
{
	# of this pipe the reader is gone when it begins
	[ -e /tmp/closed ] || mkfifo /tmp/closed
	exec 4<> /tmp/closed
	exec 5> /tmp/closed 4<&-
	status=0
	s2ctl "$@" >&5 || status=$?
	exec 5>&-
	return $status
}
start big --hold=idle --slot anon,size=4M,gpa=0 --guest touch@0:4M:8K
keep closed-list closed -j list
keep closed-show closed -j show --extents
keep closed-table closed show --extents

# VMs that do not exist, or not any more
keep none s2ctl show 999999
keep none-json s2ctl -j show 999999
start brief --hold --slot anon,size=1M,gpa=0
brief=$pid
keep list-brief s2ctl -j list
kill "$brief"
wait "$brief" || true
keep gone s2ctl -j show "$brief"

# Slots that change while they are read: the dump is marked.  One that was read
# between two changes, as on a busy machine, is read again.
marked()
{
	keep "$1" nlclient dump
	grep -q '"interrupted":true' "$share/$1" ||
		grep -q "Resource temporarily" "$share/$1.err"
}
start churn --hold=churn --slot anon,size=1M,gpa=0x40000000 \
	--slot anon,size=4M,gpa=0 --guest touch@0:4M:8K
n=0
while [ $n -lt 3 ]; do
	n=$((n + 1))
	keep "slots-$n" s2ctl -j show --extents "$pid"
	until_true marked "slots-nl-$n"
done
kill "$pid"
wait "$pid" || true

# The VMM of the tests is strict as well.
while read -r bad; do
	status=0
	# shellcheck disable=SC2086
	vmm $bad > /dev/null 2> /tmp/err || status=$?
	printf '%s %s %s\n' "$status" "$(wc -l < /tmp/err)" "$bad"
done > "$share/vmm-bad" <<-X
	--bogus
	extra
	--slot x
	--slot anon,size=1,gpa=0
	--slot anon,size=4M
	--slot anon,size=4M,gpa=1
	--slot anon=,size=4M,gpa=0
	--slot bar,size=4M,gpa=0
	--slot anon,size=4M,gpa=0,flags=
	--slot anon,size=4M,gpa=0,flags=x
	--slot anon,size=0xffffffffffffffffff,gpa=0
	--slot anon,size=18446744073709551615G,gpa=0
	--slot anon,size=4K,gpa=0xf000000000
	--slot anon,size=4K,gpa=0,slot=1000
	--slot anon,size=4K,gpa=0,slot=1 --slot anon,size=4K,gpa=4K,slot=1
	--vcpus 0
	--vcpus 1x
	--name a/b
	--name
	--guest read
	--guest rd@0
	--guest read@0:0
	--guest read/x@0
	--guest read:vcpu=3@0
	--delete 3
	--hold=x
	--hold=churn
	--ready f
	--s2-extents=
	--s2-extents=a
	--s2-slot -1
	--policy ram
	--policy ram:noexec
	--policy ram:bogus:enforce
	--policy ram:noexec:sometimes
	--policy ram:noexec:enforce:gen=x
	--policy-try ram:noexec:enforce:count=65537
	--policy-get ram:noexec
	--policy-get bogus
	--make 3
	--move 3:0
	--flags 3:none
	--flags 3
	--again=vcpu=1
	--again=often
	--code anon,size=4K
	--code bogus
X

# VMs that come and go while everything is read, 10 times: 15 of them at least
(
	i=0
	while [ $i -lt 15 ] || [ ! -e /tmp/churn.end ]; do
		vmm --slot anon,size=4M,gpa=0 --guest "write@0:4M" > /dev/null
		i=$((i + 1))
	done
	echo $i > "$share/born"
) &
churn=$!
n=0
while [ $n -lt 10 ]; do
	n=$((n + 1))
	keep "churn-$n" s2ctl -j show --extents
	keep "churn-nl-$n" nlclient dump
done
: > /tmp/churn.end
wait $churn
stop_all
