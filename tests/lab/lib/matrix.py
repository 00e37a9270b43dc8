# SPDX-License-Identifier: GPL-2.0-only
"""VMs over memory of every class, on one CPU with one size of page.

For each VM: what the guest felt, what s2ctl and the second netlink client say,
and what is in the page table, read from outside through QEMU's gdb stub, must
be what cases.py says, and each other.
"""

import subprocess
import time

import cases
import compare
import stage2
from gdbstub import GdbStub
from lab import Lab

# CPU -> (FWB, DIC), as the lab's documentation has it
CPUS = {"max": (True, True), "neoverse-v1": (True, True),
        "neoverse-n1": (False, False), "cortex-a72": (False, False)}
IMAGE_BYTES = 32 << 20
# What a test with guest/matrix.sh depends on, for lib/kept.py
PROGRAMS = ["vmm", "nlclient", "s2ctl"]
FILES = ["tests/lab/guest/matrix.sh", "tests/lab/guest/regions.sh",
         "tests/lab/guest/common.sh", "tests/vmm/vfio-bind"]
LASTING = [cases.NOT_MODELLED]


def words():
    """Likewise: the program that makes the file system."""
    return subprocess.run(["/usr/sbin/mke2fs", "-V"], check=True, text=True,
                          stderr=subprocess.PIPE).stderr.splitlines()


def make_image(lab, options):
    """A file system for guest/regions.sh."""
    subprocess.run(["/usr/sbin/mke2fs", "-q", "-F", "-t", "ext4", *options,
                    lab.path("fsdax.img"), f"{IMAGE_BYTES >> 10}k"],
                   check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def prepare(lab, wanted, page):
    with open(lab.path("cases"), "w", encoding="ascii") as f:
        f.writelines(cases.line(case, page) for case in wanted)
    # DAX wants blocks as large as pages.
    make_image(lab, ["-b", str(page)])


def wait_for(lab, *names):
    while lab.process.poll() is None:
        for name in names:
            if lab.exists(name):
                return name
        time.sleep(0.01)
    return None


def walk_all(lab, wanted):
    """name -> (leaves, FWB), for each VM that came to hold."""
    sock, tables = lab.path("gdb"), {}
    for case in wanted:
        name = case.name
        if wait_for(lab, f"{name}.held", f"{name}.status") == f"{name}.held":
            tables[name] = stage2.read_guest(lambda: GdbStub(sock))
            lab.tell()
    return tables


def check_felt(tap, name, got, kind):
    want = list(cases.FELT[kind])
    if kind == "device" and got[cases.ZVA:cases.ZVA + 1] == ["ok"]:
        tap.skip(f"{name}: DC ZVA", cases.NOT_MODELLED)
        want[cases.ZVA] = "ok"
    tap.equal(got, want, f"{name}: what the guest feels of {kind}")


def check_refused(tap, lab, case):
    tap.equal((lab.text(f"{case.name}.status").strip(),
               lab.text(f"{case.name}.err").strip()),
              ("1", "vmm: slot 0: KVM_SET_USER_MEMORY_REGION: "
               "Invalid argument"), f"{case.name}: no slot can be made of it")


def table_pages(leaves, fwb):
    """gpa -> (hpa, memattr, type, permissions) of each page."""
    out = {}
    for leaf in leaves:
        for off in range(0, leaf.bytes, compare.PAGE):
            out[leaf.gpa + off] = (
                leaf.hpa + off, leaf.memattr,
                stage2.TYPES[fwb].get(leaf.memattr, "unknown"), leaf.perm)
    return out


def reported_pages(extents):
    return {e["gpa"] + off: (e["hpa"] + off, e["memattr"], e["mapped"],
                             e["perm"])
            for e in extents if e["mapped"] != "unmapped"
            for off in range(0, e["bytes"], compare.PAGE)}


def check_oracle(tap, name, vm, table):
    leaves, fwb = table
    want, got = table_pages(leaves, fwb), reported_pages(vm["extents"])
    wrong = [f"{gpa:#x}: in the table {want.get(gpa)}, reported "
             f"{got.get(gpa)}" for gpa in sorted(set(want) | set(got))
             if want.get(gpa) != got.get(gpa)]
    tap.ok(not wrong, f"{name}: {len(want)} pages as in the page table",
           *wrong[:10])


def check_sizes(tap, case, leaves, page):
    """Blocks where the memory allows it."""
    sizes = {leaf.bytes for leaf in leaves
             if cases.GPA <= leaf.gpa < cases.GPA + 16 * cases.M}
    if case.name in ("thp", "huge", "blocks", "io-blocks"):
        tap.equal(sizes, {2 << 20}, f"{case.name}: mapped by blocks")
    elif case.name not in ("devdax", "fsdax"):
        tap.equal(sizes, {page}, f"{case.name}: mapped by pages")


def check_slot(tap, case, vm, want_type, reason):
    slot = next(s for s in vm["slots"] if s["slot"] == 0)
    want = {"class": case.kind, "vma_type": case.vma, "predicted": want_type,
            "mapped": want_type, "reason": reason, "verdict": "allow",
            "perm": "rwx" if want_type == "wb" else "rw-"}
    wrong = compare.differences(want, slot, case.name)
    tap.ok(not wrong, f"{case.name}: {case.kind} is {want_type}", *wrong)


def check_audit(tap, lab, case, want_type, fwb, old):
    got = {f["rule"] for f in lab.json(f"{case.name}.audit.json")["findings"]
           if f["slot"] == 0}
    want = set(case.old_rules if old else case.rules)
    if want_type == "wb" and not fwb:
        want.add("S2-002")
    if want_type == "wb" and fwb and not case.alias:
        want.add("S2-011")
    tap.equal(got, want, f"{case.name}: what the audit finds")


def check_case(tap, lab, case, tables, run):
    kind, reason, refused = cases.outcome(case, run.fwb, run.dic, run.old)
    if refused:
        check_refused(tap, lab, case)
        return
    if not tap.ok(lab.exists(f"{case.name}.json"),
                  f"{case.name}: the VM came to run",
                  lab.text(f"{case.name}.err")):
        return
    check_felt(tap, case.name, lab.felt(case.name), kind)
    document = lab.json(f"{case.name}.json")
    vm = document["vms"][0]
    check_slot(tap, case, vm, kind, reason)
    check_audit(tap, lab, case, kind, run.fwb, run.old)
    wrong = compare.same_vms(lab.json(f"{case.name}.nl.json"), document)
    tap.ok(not wrong, f"{case.name}: the second client says the same",
           *wrong[:10])
    if case.name in tables:
        check_oracle(tap, case.name, vm, tables[case.name])
        check_sizes(tap, case, tables[case.name][0], run.page)


def check_cap(tap, lab, want):
    got = {line["cacheable_pfnmap"] for case in cases.CASES
           if lab.exists(f"{case.name}.json")
           for line in lab.lines(f"{case.name}.vmm")
           if line["action"] == "s2-cap"}
    tap.equal(got, {want}, "KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED")


class Prefixed:
    """The same results, with words before each."""

    def __init__(self, tap, prefix):
        self.tap, self.prefix = tap, prefix

    def ok(self, good, name, *notes):
        return self.tap.ok(good, f"{self.prefix}: {name}", *notes)

    def equal(self, got, want, name, *notes):
        return self.tap.equal(got, want, f"{self.prefix}: {name}", *notes)

    def skip(self, name, why):
        self.tap.skip(f"{self.prefix}: {name}", why)


class Run:
    """One boot."""

    def __init__(self, cpu, old=False, page=4096):
        self.cpu, self.old, self.page = cpu, old, page
        self.fwb, self.dic = CPUS[cpu]
        self.cases = [case for case in cases.CASES
                      if page == 4096 or case.name in cases.SMALL]

    def name(self):
        return self.cpu + (", by the memory map alone" if self.old else "") + \
            ("" if self.page == 4096 else f", pages of {self.page} bytes")

    def lab(self):
        append = [] if self.page != 4096 else ["hugepages=8"]
        if self.old:
            append.append("kvm-arm.s2_memtype=map")
        lab = Lab("matrix.sh", "walk", cpu=self.cpu, append=append)
        lab.argv[1:1] = ["--regions", "--qemu", "-gdb", "--qemu",
                         f"unix:{lab.path('gdb')},server=on,wait=off"]
        if self.page != 4096:
            lab.argv[1:1] = ["--64k"]
        return lab

    def check(self, tap):
        tap = Prefixed(tap, self.name())
        with self.lab() as lab:
            prepare(lab, self.cases, self.page)
            lab.start()
            tables = walk_all(lab, self.cases)
            lab.wait()
            if not lab.check(tap):
                return
            check_cap(tap, lab, int(self.fwb and self.dic and not self.old))
            for case in self.cases:
                check_case(tap, lab, case, tables, self)
