# SPDX-License-Identifier: GPL-2.0-only
"""Memory of every class, and what must come of it.

Written down before any of it was run: the type from the rules for what memory
is (docs/kernel.md), what a guest feels from the architecture (DDI 0487, "Memory
types and attributes"): an access that is not aligned, and DC ZVA, fault on
Device memory and on no other; instructions are fetched from write-back memory
only, anything else KVM answers with an external abort.
"""

import re
from collections import namedtuple

M = 1 << 20
GPA = 0x10000000

# What the guest does, and to which page: most of them twice, once where there
# is an entry from before, and once where there is none.
OPS = [("read", 0), ("write", 1), ("misread", 0), ("misread", 2),
       ("miswrite", 3), ("zva", 4), ("exec", 5), ("exec", 1), ("read", 5)]

ABORT = "0x21/0x10"     # ESR_ELx.EC, and its IFSC: external abort on a fetch
FELT = {
    "wb": ["ok"] * 10,
    "nc": ["ok"] * 6 + [ABORT, ABORT, "ok", "ok"],
    "device": ["ok", "ok", "EFAULT", "EFAULT", "EFAULT", "EFAULT",
               ABORT, ABORT, "ok", "ok"],
}

# backing: of the slot; kind: its class; vma: the VMM's own type; new and old:
# type and reason by the VMA and by the memory map alone; alias: whether the
# host could maintain caches; rules: of the audit, beside S2-002 for what is wb
# without FWB.
Case = namedtuple("Case", "name backing kind vma new old alias rules old_rules",
                  defaults=(True, (), ()))

RAM = ("wb", "map-memory")
MEMORY = ("wb", "cacheable-vma")
IO = ("device", "io-vma")
NC = ("nc", "any-uncached")
OLD = ("device", "not-map-memory")

CASES = [
    Case("anon", "anon,size=2M", "ram", "wb", RAM, RAM),
    Case("thp", "anon-thp,size=4M,flags=populate", "ram", "wb", RAM, RAM),
    Case("huge", "hugetlb,size=4M", "ram", "wb", RAM, RAM),
    Case("memfd", "memfd,size=2M", "ram", "wb", RAM, RAM),
    # dma_mmap and the like: KVM does not look at the VMA
    Case("ram-nc", "testmem=reserved/nc,size=1M", "ram-nc", "nc", RAM, RAM,
         True, ("S2-003",), ("S2-003",)),
    Case("ram-pfn", "testmem=reserved/wb,size=1M", "ram", "wb", RAM, RAM),
    Case("devdax", "file=/dev/dax0.0,size=4M", "zone-device", "wb", MEMORY,
         OLD, True, (), ("S2-003",)),
    Case("fsdax", "file=/mnt/dax/file,size=4M", "zone-device", "wb", MEMORY,
         OLD, True, (), ("S2-003",)),
    # struct pages without an alias, and none at all
    Case("nomap", "testmem=reserved/wb,size=2M,off=8M", "pfnmap-wb", "wb",
         MEMORY, OLD, False, ("S2-005",), ("S2-003",)),
    Case("nostruct", "testmem=no-struct/wb,size=2M", "pfnmap-wb", "wb",
         MEMORY, OLD, False, ("S2-005",), ("S2-003",)),
    Case("blocks", "testmem=no-struct/wb+blocks,size=4M,off=16M", "pfnmap-wb",
         "wb", MEMORY, OLD, False, ("S2-005",), ("S2-003",)),
    # a driver's word counts for nothing where the memory is not I/O
    Case("vouched", "testmem=no-struct/wb+any-uncached,size=2M", "pfnmap-wb",
         "wb", MEMORY, NC, False, ("S2-005",), ("S2-003",)),
    Case("bar", "bar=/sys/bus/pci/devices/@BDF@/resource2,size=1M", "io",
         "device", IO, OLD, False, ("S2-006",), ("S2-006",)),
    Case("wc", "bar=/sys/bus/pci/devices/@BDF@/resource2_wc,size=1M", "io",
         "nc", IO, OLD, False, ("S2-003", "S2-006"), ("S2-003", "S2-006")),
    Case("io-nomap", "testmem=reserved/device,size=1M,off=8M", "io", "device",
         IO, OLD, False),
    Case("io-wc", "testmem=no-struct/nc,size=1M", "io", "nc", IO, OLD, False,
         ("S2-003",), ("S2-003",)),
    Case("io-blocks", "testmem=no-struct/nc+blocks,size=4M,off=16M", "io",
         "nc", IO, OLD, False, ("S2-003",), ("S2-003",)),
    # VM_IO, as remap_pfn_range() sets it, is I/O however it is mapped
    Case("io-cached", "testmem=no-struct/wb+io,size=1M", "io", "wb", IO, OLD,
         False, ("S2-003",), ("S2-003",)),
    Case("vfio", "vfio=@BDF@/2,size=1M", "io-nc", "device", NC, NC, False,
         ("S2-003",), ("S2-003",)),
    Case("io-nc", "testmem=no-struct/nc+io+any-uncached,size=1M", "io-nc",
         "nc", NC, NC, False),
]


# Those that blocks of 512 MiB, as 64 KiB pages have them, leave as they are
SMALL = ("anon", "memfd", "ram-nc", "devdax", "fsdax", "nomap", "nostruct",
         "bar", "io-wc", "io-cached", "vfio")

# What QEMU 10 does not do as the architecture has it.
ZVA = [op for op, _ in OPS].index("zva")
NOT_MODELLED = "QEMU does not fault DC ZVA where stage 2 is Device"


def size(case):
    return int(re.search(r"size=(\d+)M", case.backing)[1]) * M


def line(case, page_bytes=4096):
    """For guest/matrix.sh.  In the end everything is read once."""
    words = [f"{op}@{GPA + page * page_bytes:#x}" for op, page in OPS]
    words.append(f"read@{GPA:#x}:{size(case)}")
    actions = " ".join(f"--guest {word}" for word in words)
    return f"{case.name} {case.backing},gpa={GPA:#x} {actions}\n"


def outcome(case, fwb, dic, old):
    """(type, reason, refused) on a CPU, with the old choice or the new."""
    kind, reason = case.old if old else case.new
    refused = reason == "cacheable-vma" and not case.alias and \
        not (fwb and dic)
    return kind, "not-flushable" if refused else reason, refused
