# SPDX-License-Identifier: GPL-2.0-only
# For scripts on a host that was booted with lab/run --regions (dash).
# shellcheck shell=sh

nd=/sys/bus/nd

load_testmem()
{
	# shellcheck disable=SC2154
	insmod /lib/modules/testmem.ko "reserved=$LAB_RESERVED" \
		"no_struct=$LAB_NO_STRUCT"
}

page_kib()
{
	sed -n 's/^KernelPageSize: *\([0-9]*\) kB/\1/p' /proc/self/smaps | sed 1q
}

# claim DEVICE NAMESPACE DRIVER: make DEVICE of a namespace that was a plain
# block device, with its struct pages in RAM.
claim()
{
	# The kernel finds them by itself, after it has begun to run programs.
	wait_for "$nd/devices/$1/uuid"
	wait_for "$nd/drivers/nd_pmem/$2"
	echo "$2" > $nd/drivers/nd_pmem/unbind
	cat /proc/sys/kernel/random/uuid > "$nd/devices/$1/uuid"
	echo ram > "$nd/devices/$1/mode"
	# Pages of 64 KiB have blocks of 512 MiB, which do not fit in here.
	[ "$(page_kib)" = 4 ] || echo 65536 > "$nd/devices/$1/align"
	echo "$2" > "$nd/devices/$1/namespace"
	echo "$1" > "$nd/drivers/$3/bind"
}

# /dev/dax0.0
make_devdax()
{
	claim dax0.0 namespace0.0 dax_pmem
}

# /mnt/dax/file, of 4 MiB; $share/fsdax.img is an empty ext4 file system
make_fsdax()
{
	claim pfn1.0 namespace1.0 nd_pmem
	cat "$share/fsdax.img" > /dev/pmem1
	mkdir -p /mnt/dax
	mount -t ext4 -o dax=always /dev/pmem1 /mnt/dax
	dd if=/dev/zero of=/mnt/dax/file bs=1M count=4 2> /dev/null
}
