#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Three VMs, a netlink client and a shell, which do what the lines of $share/ops
# say: who (1 to 3, a or s), and what.  Each is done before the next begins.  VM
# 1 is known by its UUID, VM 2 runs as a user, VM 3 in a control group.  With
# "3!" VM 3 is told by somebody else.
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh
# shellcheck source=regions.sh
. /mnt/share/regions.sh
# shellcheck source=workers.sh
. /mnt/share/workers.sh

bdf=$(ivshmem)
vfio-bind "$bdf"
load_testmem
make_devdax
make_fsdax
chmod 666 /dev/kvm /mnt/dax/file

# Those whose code is not RAM can be denied all of that.
code="--code file=/mnt/dax/file"
ram="--slot anon,size=64K,gpa=0x10000000,slot=0"

cgroup=no
mkdir -p /tmp/cgroup
if mount -t cgroup2 cgroup2 /tmp/cgroup 2> "$share/cgroup.err"; then
	mkdir -p /tmp/cgroup/tenants/three
	cgroup=/tmp/cgroup/tenants/three/cgroup.procs
fi
echo $cgroup > "$share/cgroup"

# For what the shell is told to do.
cp -r "$share/site" /tmp/site		# users cannot look into the other
export site=/tmp/site
export s2=/sys/class/misc/kvm/s2

# stop_it NAME: it does nothing until "kill -CONT"
stop_it()
{
	pid=$(cat "/tmp/$1.pid")
	kill -STOP "$pid"
	until grep -q '^State:.T' "/proc/$pid/status"; do
		sleep 0.1
	done
}

# set_often N: so many policies of the host's are set
set_often()
{
	n=0
	while [ $n -lt "$1" ]; do
		echo "audit noexec" > $s2/policy_hole
		echo none > $s2/policy_hole
		n=$((n + 2))
	done
}

# relent: nothing that the administrator has set stays
relent()
{
	s2ctl policy get -n -r -o OWNER,VM,SLOT,CLASS |
		sed -n 's/^admin //p' |
	while read -r vm slot class; do
		# shellcheck disable=SC2086
		case $vm/$slot in
		-/-) set -- --class=$class ;;
		*/-) set -- --vm=$vm --class=$class ;;
		*) set -- --vm=$vm --slot=$slot ;;
		esac
		s2ctl policy set "$@" --force none || :
	done
}

# One after the other, for identities are given in this order.
# shellcheck disable=SC2086
worker 1 vmm --name web-1 --uuid 6ba7b810-9dad-11d1-80b4-00c04fd430c8 $code $ram \
	--slot "vfio=$bdf/2,size=64K,gpa=0x20000000,slot=1" --script=/tmp/1.done
tell 1 "--s2-slot 0"
# shellcheck disable=SC2086
worker 2 setpriv --reuid=tester --regid=tester --clear-groups \
	vmm --name web-2 $code,off=128K $ram --script=/tmp/2.done
tell 2 "--s2-slot 0"
# shellcheck disable=SC2086,SC2016
worker 3 sh -c '[ $0 = no ] || echo $$ > $0; exec "$@"' $cgroup \
	vmm --name db $code,off=256K $ram \
	--slot testmem=no-struct/nc+io+any-uncached,size=64K,gpa=0x20000000,slot=1 \
	--script=/tmp/3.done
tell 3 "--s2-slot 0"
worker a nlclient script /tmp/a.done

step=0
mkdir /tmp/steps
while read -r who what; do
	case $who in
	s)
		step=$((step + 1))
		status=0
		(eval "$what") < /dev/null > /tmp/steps/$step.out \
			2> /tmp/steps/$step.err || status=$?
		echo $status > /tmp/steps/$step.status
		;;
	*!) ;;
	*) tell "$who" "$what" ;;
	esac
done < "$share/ops"
cp -r /tmp/steps "$share"
all_end 1 2 3 a
report_leaks
