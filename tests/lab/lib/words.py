# SPDX-License-Identifier: GPL-2.0-only
"""The ABI's numbers in the words of the design, written down by hand.

Neither the library nor the kernel's headers are read for this: it is what
they are compared with.
"""

TYPE = ["unknown", "unmapped", "wb", "nc", "device", "mixed"]
CLASS = ["unknown", "ram", "zone-device", "pfnmap-wb", "ram-nc", "io", "io-nc",
         "gmem", "hole", "vgic", "mixed"]
VERDICT = ["unknown", "allow", "would-deny", "deny", "mixed"]
REASON = ["unknown", "map-memory", "not-map-memory", "any-uncached", "exec-io",
          "no-vma", "vmm-exited", "vgic", "mixed", "mte-vma", "vmm-busy",
          "cacheable-vma", "io-vma", "not-flushable", "floor", "require-fwb",
          "match-vma", "noexec"]
CONSTRAINT = {0: "require-fwb", 1: "floor=nc", 2: "floor=device", 3: "noexec",
              4: "match-vma", 5: "locked", 6: "force"}
MODE = ["none", "audit", "enforce"]
OWNER = ["unknown", "admin", "vmm"]
FACT = {0: "vma", 1: "vm-io", 2: "vm-pfnmap", 3: "vm-mixedmap",
        4: "any-uncached", 5: "hugetlb", 6: "mte-allowed", 8: "pfn",
        9: "map-memory", 10: "struct-page", 11: "zone-device",
        12: "flushable", 13: "gmem", 16: "fwb", 17: "dic", 18: "mte",
        19: "pkvm", 20: "map-only"}
SLOT_FLAG = {0: "log-dirty", 1: "readonly", 2: "guest-memfd"}


def perm(bits):
    return "".join(c if bits >> i & 1 else "-" for i, c in enumerate("rwx"))


def mask(words, bits):
    return [words[i] for i in range(32) if bits >> i & 1]


def known(words, number):
    """A word, None for 0: not known."""
    return words[number] if number else None
