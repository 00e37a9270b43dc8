# SPDX-License-Identifier: GPL-2.0-only
# Domains of a real libvirt, in the root with systemd (lab/run --root host).
# shellcheck shell=sh

cp "$share/bare.img" /tmp/bare.img	# the guest; see progs/bare.c

# domain_xml NAME UUID [WORDS [DEVICES [METADATA]]]: to standard output; WORDS are
# for the guest, and what that says is in /tmp/serial.UUID
domain_xml()
{
	cat <<- EOF
	<domain type='kvm'>
	  <name>$1</name>
	  <uuid>$2</uuid>
	  <metadata>${5-}</metadata>
	  <memory unit='MiB'>64</memory>
	  <vcpu>1</vcpu>
	  <os>
	    <type arch='aarch64' machine='virt'>hvm</type>
	    <kernel>/tmp/bare.img</kernel>
	    <cmdline>touch=2 tick=100 ${3-}</cmdline>
	  </os>
	  <features><gic version='3'/></features>
	  <cpu mode='host-passthrough'/>
	  <devices>
	    <emulator>$(command -v qemu-system-aarch64)</emulator>
	    <controller type='usb' model='none'/>
	    <memballoon model='none'/>
	    <serial type='file'>
	      <source path='/tmp/serial.$2' append='on'/>
	    </serial>
	    ${4-}
	  </devices>
	</domain>
	EOF
}

# hostdev BDF: a device that is passed through
hostdev()
{
	slot=${1#*:*:}
	cat <<- EOF
	<hostdev mode='subsystem' type='pci' managed='no'><source>
	  <address domain='0x0000' bus='0x00' slot='0x${slot%.*}' function='0x0'/>
	</source></hostdev>
	EOF
}

until_gone()
{
	until_true no_vms
}
