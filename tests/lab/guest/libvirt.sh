#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Domains of a real libvirtd in the root with systemd (lab/run --root host).
#
#	libvirt.sh STEP...
#
# Each step begins and ends with no domain running, and leaves what s2ctl said
# at its points: $share/POINT.list, .show (by UUID) and .named (by name), with
# what libvirt said: .state and .pid.
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh

# shellcheck source=domains.sh
. /mnt/share/domains.sh

name='vm one, zwölf'
uuid=6ba7b810-9dad-11d1-80b4-00c04fd430c8
serial=/tmp/serial.$uuid		# what the guest says; see progs/bare.c

# look POINT
look()
{
	keep "$1.list" s2ctl -j list
	keep "$1.show" s2ctl -j show "$uuid"
	keep "$1.named" s2ctl -j show "$name"
	keep "$1.state" virsh domstate "$name"
	keep "$1.pid" cat "/run/libvirt/qemu/$name.pid"
}

ticks()
{
	grep -c '^tick' $serial || true
}

ticked_since()
{
	[ "$(ticks)" -gt "$1" ]
}

# it_runs POINT: waits until the guest has told so again
it_runs()
{
	until_true ticked_since "$(ticks)"
	grep -c '^up' $serial > "$share/$1.ups"
}

begin()
{
	rm -f $serial
	: > $serial
}

step_start()
{
	begin
	virsh start "$name"
	it_runs start
	look start
	virsh destroy "$name"
	until_gone
	look destroy
}

step_paused()
{
	begin
	virsh start --paused "$name"
	look paused
	cp $serial "$share/paused.serial"
	virsh resume "$name"
	it_runs resume
	look resume
	virsh destroy "$name"
	until_gone
}

step_save()
{
	begin
	virsh start "$name"
	it_runs save
	virsh save "$name" /tmp/saved
	until_gone
	look saved
	virsh restore /tmp/saved
	it_runs restored
	look restored
	virsh destroy "$name"
	until_gone
}

# The daemon ends, the domain does not.  virsh would start it again, and is the
# last thing that look asks.
step_restart()
{
	begin
	virsh start "$name"
	it_runs restart
	look restart
	systemctl stop libvirtd.service
	look stopped
	systemctl start libvirtd.service
	look started
	it_runs started
	virsh destroy "$name"
	until_gone
}

# With a device passed through, whose BAR the guest writes.
step_device()
{
	begin
	bdf=$(ivshmem)			# 0000:00:01.0
	echo "$bdf" > "$share/device.bdf"
	vfio-bind "$bdf"
	domain_xml "$name" $uuid bar "$(hostdev "$bdf")" > /tmp/device.xml
	virsh create /tmp/device.xml
	it_runs device
	look device
	virsh destroy "$name"
	until_gone
}

keep version virsh version
domain_xml "$name" $uuid > /tmp/domain.xml
virsh define /tmp/domain.xml
for step; do
	echo "step $step: $(cut -d' ' -f1 /proc/uptime)" >> "$share/steps"
	"step_$step"
done
