# SPDX-License-Identifier: GPL-2.0-only
"""Memory of other kinds than RAM, for lab/run --regions.

The host's last 384 MiB become, from their end:

    64 MiB  persistent memory, for fsdax           (pmem-region)
    64 MiB  persistent memory, for devdax          (pmem-region)
    128 MiB in no memory map, and without struct pages
    128 MiB RAM; its last 64 MiB are reserved, of which 3 MiB are in the
            linear map, and the rest is no-map

The kernel is told by its command line not to use what lies above the RAM
(QEMU writes /memory by itself), and by its device tree what the rest is.  The
guest's script finds the addresses in $LAB_RESERVED and $LAB_NO_STRUCT.
"""

import re
import subprocess

MIB = 1 << 20
RAM_START = 0x40000000          # of QEMU's virt machine
SIZES = {"": 20, "M": 20, "G": 30, "K": 10}
LEAST = 768 * MIB
MAPPED = 3 * MIB                # TESTMEM_MAPPED


class Regions:
    """Where they are on a machine with that much memory ("1G")."""

    def __init__(self, mem):
        match = re.fullmatch(r"(\d+)([KMG]?)", mem)
        if not match:
            raise ValueError(f"--mem {mem}: not a size")
        size = int(match[1]) << SIZES[match[2]]
        if size < LEAST or size % (128 * MIB):
            raise ValueError("--regions needs a multiple of 128M, and at "
                             "least 768M of memory")
        end = RAM_START + size
        self.ram = size - 256 * MIB
        self.reserved = (end - 320 * MIB, 64 * MIB)
        self.no_struct = (end - 256 * MIB, 64 * MIB)
        self.pmem = [(end - 128 * MIB, 64 * MIB), (end - 64 * MIB, 64 * MIB)]

    def append(self):
        """Words for the kernel's command line."""
        return [f"mem={self.ram}"]

    def environment(self):
        return {"LAB_RESERVED": ",".join(map(hex, self.reserved)),
                "LAB_NO_STRUCT": ",".join(map(hex, self.no_struct))}

    def _reserved(self):
        start, size = self.reserved
        return [("plain", start, MAPPED, {}),
                ("nomap", start + MAPPED, size - MAPPED, {"no-map": ()})]

    def device_tree(self, argv, path):
        """What QEMU started with @argv would make, with ours added."""
        subprocess.run([*argv, "-machine", f"dumpdtb={path}"], check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.PIPE)
        put(path, "/reserved-memory", {"#address-cells": (2,),
                                       "#size-cells": (2,), "ranges": ()})
        for name, start, size, more in self._reserved():
            put(path, f"/reserved-memory/{name}@{start:x}",
                {"reg": cells(start, size), **more})
        for start, size in self.pmem:
            put(path, f"/pmem@{start:x}",
                {"compatible": "pmem-region", "reg": cells(start, size),
                 "volatile": ()})


def cells(*numbers):
    return [half for n in numbers for half in (n >> 32, n & 0xffffffff)]


def put(path, node, properties):
    """A new node of a device tree."""
    subprocess.run(["fdtput", "-c", path, node], check=True)
    for name, value in properties.items():
        if isinstance(value, str):
            kind, words = "s", [value]
        else:
            kind, words = "x", [f"{number:x}" for number in value]
        subprocess.run(["fdtput", "-t", kind, path, node, name, *words],
                       check=True)
