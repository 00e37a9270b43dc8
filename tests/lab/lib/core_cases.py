# SPDX-License-Identifier: GPL-2.0-only
"""VMs on kernels that nobody patched, and what must be said of them.

Written down by hand: what each slot's memory is, from how the VM is made; what its
guest has touched; and what the kernel makes of it.  KVM maps write-back what is in
the memory map and Device what is not, but for a VMA that vfio-pci vouches for, which
is Normal non-cacheable since Linux 6.9.  Without DIC only what was executed is
executable.
"""

from collections import namedtuple

K = 1024
M = 1024 * K
RAM, BLOCKS, LOW, HIGH = 0x40000000, 0x80000000, 0x50000000, 0x8000000000

# name: of the kernel and of the CPU; fwb, dic: of the CPU; page: its size;
# vfio: what a BAR becomes that vfio-pci maps; variables: the kernel has symbols of
# them, so that a dump of it tells the memory map and what the host can do
Host = namedtuple("Host", "kernel cpu fwb dic page vfio variables append",
                  defaults=([],))

HOSTS = [
    Host("6.1", "max", True, True, 4 * K, "device", False),
    Host("6.12", "max", True, True, 4 * K, "nc", True),
    Host("6.12-16k", "max", True, True, 16 * K, "nc", True),
    Host("6.17", "max", True, True, 4 * K, "nc", True),
    Host("7.3", "max", True, True, 4 * K, "nc", True),
    Host("6.12", "neoverse-v1", True, True, 4 * K, "nc", True),
    Host("6.12", "neoverse-n1", False, False, 4 * K, "nc", True, ["nokaslr"]),
    Host("6.12", "cortex-a72", False, False, 4 * K, "nc", True),
]

# vcpus, words for vmm
VMS = {
    "pages": (1, f"""
        --slot anon,size=2M,gpa={RAM},slot=0
        --slot memfd,size=1M,gpa={LOW},slot=1
        --slot anon,size=256K,gpa=0x60000000,slot=2,flags=ro+populate
        --slot anon,size=1M,gpa=0x61000000,slot=3,flags=log
        --slot anon,size=1M,gpa=0x62000000,slot=4
        --slot hole,size=1M,gpa=0x63000000,slot=5
        --guest write@{RAM}:1M:32K --guest exec@{RAM + M}
        --guest write@{LOW}:1M --guest read@0x60000000:256K
        --guest write@0x61000000:512K --hold"""),
    "blocks": (2, f"""--vcpus 2
        --slot anon-thp,size=8M,gpa={RAM},slot=0
        --slot hugetlb,size=32M,gpa={BLOCKS},slot=1
        --guest write@{RAM}:8M --guest write:vcpu=1@{BLOCKS}:32M:2M --hold"""),
    "bar": (1, f"""
        --slot anon,size=2M,gpa={RAM},slot=0
        --slot bar=@SYSFS@,size=1M,gpa={HIGH},slot=1
        --slot bar=@SYSFS@_wc,size=1M,gpa={HIGH + 16 * M},off=4M,slot=2
        --slot mixed=@SYSFS@,size=4M,gpa={HIGH + 32 * M},off=8M,slot=3
        --guest write@{RAM}:64K --guest read@{HIGH}:1M
        --guest read@{HIGH + 16 * M}:1M:64K
        --guest write@{HIGH + 32 * M}:4M --hold"""),
    "vfio": (1, f"""
        --slot anon,size=2M,gpa={RAM},slot=0
        --slot vfio=@VFIO@,size=16M,gpa={HIGH},slot=1
        --guest write@{RAM}:64K --guest read@{HIGH}:16M --hold"""),
    # the process that made it ends, and with its address space the page table goes
    "orphan": (1, f"""--slot anon,size=1M,gpa={RAM},slot=0
        --guest write@{RAM}:1M --hold=orphan"""),
}


def lines():
    return [f"{name} {' '.join(words.split())}\n"
            for name, (_, words) in VMS.items()]


def slot(kind, vma, mapped, perm, **more):
    """Without what is 0 or empty."""
    return {"class": kind, "vma_type": vma, "mapped": mapped, "perm": perm,
            "flags": [], "wb_bytes": 0, "nc_bytes": 0, "device_bytes": 0,
            "exec_bytes": 0} | more


def slots(host):
    """(VM, slot) -> (gpa, bytes, members)."""
    page = host.page
    x = "x" if host.dic else "-"

    def ram(bytes_, perm=f"rw{x}", ran=0, **more):
        return slot("ram", "wb", "wb", perm, wb_bytes=bytes_,
                    exec_bytes=bytes_ if host.dic else ran, **more)

    def bar(kind, vma, mapped, bytes_):
        return slot(kind, vma, mapped, "rw-", **{f"{mapped}_bytes": bytes_})

    vfio = "io-nc" if host.vfio == "nc" else "io"
    return {
        ("pages", 0): (RAM, 2 * M, ram(33 * page, "rwx", ran=page)),
        ("pages", 1): (LOW, M, ram(M)),
        ("pages", 2): (0x60000000, 256 * K,
                       ram(256 * K, f"r-{x}", flags=["readonly"])),
        ("pages", 3): (0x61000000, M, ram(512 * K, flags=["log-dirty"])),
        ("pages", 4): (0x62000000, M, slot("ram", "wb", "unmapped", "---")),
        ("pages", 5): (0x63000000, M, slot("hole", None, "unmapped", "---")),
        ("blocks", 0): (RAM, 8 * M, ram(8 * M)),
        ("blocks", 1): (BLOCKS, 32 * M, ram(32 * M)),
        ("bar", 0): (RAM, 2 * M, ram(64 * K)),
        ("bar", 1): (HIGH, M, bar("io", "device", "device", M)),
        ("bar", 2): (HIGH + 16 * M, M, bar("io", "nc", "device", 16 * page)),
        ("bar", 3): (HIGH + 32 * M, 4 * M,
                     slot("mixed", "mixed", "mixed", f"rw{x}",
                          wb_bytes=2 * M, device_bytes=2 * M,
                          exec_bytes=2 * M if host.dic else 0)),
        ("vfio", 0): (RAM, 2 * M, ram(64 * K)),
        ("vfio", 1): (HIGH, 16 * M, bar(vfio, "device", host.vfio, 16 * M)),
        ("orphan", 0): (RAM, M, slot(None, None, "unmapped", "---")),
    }
