# SPDX-License-Identifier: GPL-2.0-only
"""Walks a stage-2 page table from outside the emulated machine.

Written from the architecture (DDI 0487, "VMSAv8-64 translation"), for the
granules of 4, 16 and 64 KiB: it shares nothing with the kernel, nor with the
library.
"""

import struct
import time
from collections import namedtuple

Leaf = namedtuple("Leaf", "gpa bytes hpa memattr perm")

HCR_VM = 1 << 0
HCR_TGE = 1 << 27
HCR_FWB = 1 << 46

# MemAttr[3:0]; "Stage 2 memory attributes", with and without FEAT_S2FWB.
# What is not here KVM does not use.
TYPES = {
    False: {0b1111: "wb", 0b0101: "nc", 0b0001: "device"},
    True: {0b0110: "wb", 0b0101: "nc", 0b0001: "device"},
}


# How often no CPU may be in a guest by chance, on whatever machine
TRIES = 5000

# VTCR_EL2.TG0 -> bits of a page's offset, of a table's index, and the first
# level for SL0 = 0
GRANULES = {0: (12, 9, 2), 1: (16, 13, 3), 2: (14, 11, 3)}


class Table:
    """What VTCR_EL2 and VTTBR_EL2 say."""

    def __init__(self, vtcr, vttbr):
        self.page_shift, self.stride, first = GRANULES[vtcr >> 14 & 3]
        self.ipa_bits = 64 - (vtcr & 0x3f)
        self.ds = bool(vtcr >> 32 & 1)          # FEAT_LPA2: 52-bit outputs
        self.level = first - (vtcr >> 6 & 3)    # SL0
        if self.ds and vtcr >> 33 & 1:          # SL2
            self.level = -1
        self.base = vttbr & 0x0000_ffff_ffff_fffe
        self.vmid = vttbr >> 48

    def shift(self, level):
        return self.page_shift + self.stride * (3 - level)

    def output(self, desc, level):
        """The output address of a descriptor."""
        if self.ds:
            pa = desc & ((1 << 50) - 1) | (desc >> 8 & 3) << 50
        elif self.page_shift == 16:             # FEAT_LPA
            pa = desc & ((1 << 48) - (1 << 16)) | (desc >> 12 & 15) << 48
        else:
            pa = desc & ((1 << 48) - 1)
        return pa & ~((1 << self.shift(level)) - 1)


def walk(read, table):
    """All valid leaves, in order; read(address, bytes) reads memory."""
    leaves = []

    def visit(base, entries, level, gpa):
        data = struct.unpack(f"<{entries}Q", read(base, 8 * entries))
        size = 1 << table.shift(level)
        for index, desc in enumerate(data):
            if not desc & 1:
                continue
            here = gpa + index * size
            if level < 3 and desc & 2:
                below = table.output(desc, 3)
                visit(below, 1 << table.stride, level + 1, here)
                continue
            if level == 3 and not desc & 2:
                raise ValueError(f"reserved descriptor {desc:#x}")
            perm = ("r" if desc >> 6 & 1 else "-") + \
                   ("w" if desc >> 7 & 1 else "-") + \
                   ("-" if desc >> 54 & 1 else "x")
            leaves.append(Leaf(here, size, table.output(desc, level),
                               desc >> 2 & 0xf, perm))

    entries = 1 << (table.ipa_bits - table.shift(table.level))
    visit(table.base, entries, table.level, 0)
    return leaves


def find_guest(gdb):
    """(hcr, vtcr, vttbr) of a CPU that was stopped inside a guest, or None."""
    for cpu in gdb.cpus():
        gdb.select(cpu)
        hcr = gdb.reg("HCR_EL2")
        level = gdb.reg("cpsr") >> 2 & 3
        if hcr & HCR_VM and not hcr & HCR_TGE and level < 2:
            return hcr, gdb.reg("VTCR_EL2"), gdb.reg("VTTBR_EL2")
    return None


def read_guest(open_stub):
    """(leaves, fwb) of the VM that is running now."""
    for _ in range(TRIES):
        with open_stub() as gdb:
            found = find_guest(gdb)
            if found:
                hcr, vtcr, vttbr = found
                gdb.physical()
                return (walk(gdb.memory, Table(vtcr, vttbr)),
                        bool(hcr & HCR_FWB))
        time.sleep(0.2)
    raise RuntimeError("no CPU was ever seen inside a guest")
