# SPDX-License-Identifier: GPL-2.0-only
# For the scripts that run in the lab (dash).
# shellcheck shell=sh

share=/mnt/share
export share

# The addresses of the lab's ivshmem devices, whose BAR 2 is 16 MiB.
ivshmems()
{
	for d in /sys/bus/pci/devices/*; do
		if [ "$(cat "$d/device")" = 0x1110 ]; then
			echo "${d##*/}"
		fi
	done
}

# The first of them.
ivshmem()
{
	bdfs=$(ivshmems)
	if [ -z "$bdfs" ]; then
		echo "there is no ivshmem device" >&2
		exit 1
	fi
	echo "$bdfs" | head -n 1
}

# Seconds after which something hangs, in which the host's CPUs had nothing to do,
# added up: a machine that has little time for the lab is not idle in there.  What
# loops for ever meets the limit of lab/run, which counts the CPU time.
patience=600

idle()
{
	read -r _ idled < /proc/uptime
	echo "${idled%.*}"
}

# until_true COMMAND...: waits until it succeeds
until_true()
{
	began=
	until "$@" > /dev/null 2>&1; do
		began=${began:-$(idle)}
		if [ $(($(idle) - began)) -gt $patience ]; then
			echo "never: $*" >&2
			exit 1
		fi
		sleep 0.1
	done
}

wait_for()
{
	until_true test -e "$1"
}

# The kernel lets go of a VM after its process.
no_vms()
{
	[ "$(cat /sys/class/misc/kvm/s2/vms)" = 0 ]
}

# start NAME ARG...: a VM that stays until the script ends.  What it prints is
# in $share/NAME.vmm, and its pid in $pid.
start()
{
	name=$1
	shift
	vmm --name "$name" --ready "/tmp/$name.ready" "$@" \
		> "$share/$name.vmm" 2>&1 &
	pid=$!
	pids="$pids $pid"
	until [ -e "/tmp/$name.ready" ]; do
		if ! kill -0 $pid 2> /dev/null; then
			# that of an orphan ends well, and its child is ready later
			wait $pid || [ -e "/tmp/$name.ready" ] || {
				echo "VM $name ended before it was ready" >&2
				exit 1
			}
			wait_for "/tmp/$name.ready"
		fi
		sleep 0.05
	done
	cp "/tmp/$name.ready" "$share/$name.ready"
}
pids=

# keep NAME COMMAND ARG...: its output in $share/NAME, its errors in NAME.err,
# its exit status in NAME.status.
keep()
{
	to=$share/$1
	shift
	status=0
	"$@" > "$to" 2> "$to.err" || status=$?
	echo "$status" > "$to.status"
}

stop_all()
{
	# shellcheck disable=SC2086
	[ -z "$pids" ] || kill $pids 2> /dev/null || true
	wait
}

# What kmemleak has to say, to $share/kmemleak: nothing where it is not.
report_leaks()
{
	[ -e /sys/kernel/debug/kmemleak ] || return 0
	echo scan > /sys/kernel/debug/kmemleak
	sleep 6
	echo scan > /sys/kernel/debug/kmemleak
	cat /sys/kernel/debug/kmemleak > "$share/kmemleak"
}
