# SPDX-License-Identifier: GPL-2.0-only
"""What guest/observe.sh makes, and what must be said of it.

Written down by hand from the architecture, from what KVM 6.12 does and from
how the VMs are made, before any of it was run.
"""

K = 1024
M = 1024 * K

RAM = {"class": "ram", "vma_type": "wb", "predicted": "wb", "mapped": "wb",
       "verdict": "allow", "reason": "map-memory", "flags": [],
       "nc_bytes": 0, "device_bytes": 0}
IO = {"class": "io", "vma_type": "device", "predicted": "device",
      "mapped": "device", "verdict": "allow", "reason": "io-vma",
      "perm": "rw-", "wb_bytes": 0, "nc_bytes": 0, "exec_bytes": 0}


def slots(dic):
    """Slot 0 of each VM; with DIC all that is mapped wb is executable."""
    x = "x" if dic else "-"

    def ex(mapped, otherwise=0):
        return mapped if dic else otherwise

    return {
        # 64 KiB written (one page of it executed), 64 KiB only read
        "anon": RAM | {"wb_bytes": 128 * K, "perm": "rwx",
                       "exec_bytes": ex(128 * K, 4 * K)},
        "memfd": RAM | {"wb_bytes": 2 * M, "perm": f"rw{x}",
                        "exec_bytes": ex(2 * M)},
        "thp": RAM | {"wb_bytes": 4 * M, "perm": f"rw{x}",
                      "exec_bytes": ex(4 * M)},
        "huge": RAM | {"wb_bytes": 4 * M, "perm": f"rw{x}",
                       "exec_bytes": ex(4 * M)},
        "bar": IO | {"device_bytes": 64 * K},
        # the VMM maps it write-combining; that does not make a difference
        "wc": IO | {"device_bytes": 64 * K, "vma_type": "nc"},
        # vfio-pci vouches for Normal non-cacheable, yet maps it Device
        "vfio": IO | {"class": "io-nc", "predicted": "nc", "mapped": "nc",
                      "reason": "any-uncached", "nc_bytes": 64 * K,
                      "device_bytes": 0},
        "mixed": {"class": "mixed", "vma_type": "mixed",
                  "predicted": "mixed", "mapped": "mixed",
                  "verdict": "allow", "reason": "mixed",
                  "wb_bytes": 2 * M, "device_bytes": 2 * M, "nc_bytes": 0,
                  "exec_bytes": ex(2 * M), "perm": f"rw{x}"},
        "hole": {"class": "hole", "predicted": None, "mapped": "unmapped",
                 "verdict": "deny", "reason": "no-vma", "wb_bytes": 0,
                 "perm": "---"},
        "ro": RAM | {"wb_bytes": 1 * M, "perm": f"r-{x}",
                     "flags": ["readonly"], "exec_bytes": ex(1 * M)},
        "untouched": RAM | {"mapped": "unmapped", "wb_bytes": 0,
                            "perm": "---", "exec_bytes": 0},
        # its page table went with the address space that it was made in
        "orphan": {"mapped": "unmapped", "reason": "vmm-exited",
                   "class": None, "predicted": None, "verdict": None,
                   "wb_bytes": 0},
    }


def facts(fwb, dic):
    """Facts of slot 0 that must be there, and those that must not."""
    cpu = (["fwb"] if fwb else []) + (["dic"] if dic else [])
    ram = ["vma", "pfn", "map-memory", "struct-page", "flushable"] + cpu
    no_io = ["vm-io", "vm-pfnmap", "any-uncached", "zone-device"]
    io = ["vma", "vm-io", "vm-pfnmap", "pfn"] + cpu
    no_ram = ["map-memory", "struct-page", "flushable", "zone-device"]
    return {
        "anon": (ram, no_io + ["hugetlb"]),
        "memfd": (ram, no_io + ["hugetlb"]),
        "thp": (ram, no_io + ["hugetlb"]),
        "huge": (ram + ["hugetlb"], no_io),
        "bar": (io, no_ram + ["any-uncached"]),
        "wc": (io, no_ram + ["any-uncached"]),
        "vfio": (io + ["any-uncached"], no_ram),
        "hole": (cpu, ["vma", "pfn"]),
        "untouched": (["vma", "map-memory"] + cpu, no_io + ["pfn"]),
    }


# The result of each guest operation, in order.  A misaligned access faults
# where stage 2 is Device, and only there; fetching from what is not wb is
# answered with an external abort (ESR_ELx.EC 0x21, IFSC 0x10).
OPS = {
    "anon": ["ok"] * 5,
    "memfd": ["ok"] * 2,
    "thp": ["ok"],
    "huge": ["ok"] * 2,
    "bar": ["ok", "EFAULT", "EFAULT", "EFAULT", "0x21/0x10"],
    "wc": ["ok", "EFAULT"],
    "vfio": ["ok", "ok", "ok", "ok", "0x21/0x10"],
    "mixed": ["ok"],
    "hole": ["EFAULT"],
    "ro": ["ok", "mmio"],
    "untouched": [],
    "orphan": ["ok"],
    "many": ["ok"],
}


def findings(fwb):
    """(rule, VM, slot, severity) of all that the audit must find."""
    found = {
        # mapped nc or device, but device or nc in the VMM
        ("S2-003", "wc", 0, "low"),
        ("S2-003", "vfio", 0, "low"),
        # BAR 2 of ivshmem is prefetchable
        ("S2-006", "bar", 0, "medium"),
        ("S2-006", "wc", 0, "medium"),
        ("S2-006", "mixed", 0, "medium"),
        # the beginning of the BAR: nc for the VM with vfio-pci, device for those
        # before it and for the one behind, whose second half it is
        ("S2-004", "bar", 0, "medium"),
        ("S2-004", "wc", 0, "medium"),
        ("S2-004", "vfio", 0, "medium"),
    }
    if not fwb:
        found |= {("S2-002", vm, 0, "low") for vm in
                  ("anon", "memfd", "thp", "huge", "mixed", "ro")}
        found |= {("S2-002", "many", slot, "low") for slot in (3, 5, 7)}
        # each guest's own code lies in slot 1000, but for the one that
        # never ran and the one that is gone
        found |= {("S2-002", vm, 1000, "low") for vm in OPS
                  if vm not in ("untouched", "orphan")}
    return found


def decisions(dic):
    """VM -> {gpa: [(type, verdict, reason, fetch)]} of slot 0's faults."""
    wb = ("wb", "allow", "map-memory", 0)
    device = ("device", "allow", "io-vma", 0)
    nc = ("nc", "allow", "any-uncached", 0)

    def each(first, size, what):
        return {gpa: [what] for gpa in range(first, first + size, 4 * K)}

    anon = each(0, 64 * K, wb) | each(0x100000, 64 * K, wb)
    if not dic:
        anon[0x8000].append(("wb", "allow", "map-memory", 1))
    bar = each(0x10000000, 64 * K, device)
    bar[0x10000000].append(("device", "deny", "exec-io", 1))
    vfio = each(0x20000000, 64 * K, nc)
    vfio[0x20000000].append(("nc", "deny", "exec-io", 1))
    return {
        "anon": anon,
        "memfd": each(0x40000000, 2 * M, wb),
        "wc": each(0x10000000, 64 * K, device),
        "bar": bar,
        "vfio": vfio,
        "untouched": {},
        "hole": {},             # refused before anything is decided
    }
