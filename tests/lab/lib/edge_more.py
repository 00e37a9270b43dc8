# SPDX-License-Identifier: GPL-2.0-only
"""More steps of tests/lab/policy-edges: slots and vCPUs that are made anew, a
VMM that cannot be asked, what is told and counted.
"""

import re

from edge_steps import (AUDIT, DEVICE, EBUSY, EFAULT, EINVAL, ENFORCE, EPERM,
                        FAR, FINE, FLOOR_DEVICE, FLOOR_NC, GPA, LOCKED, NC,
                        NOEXEC, RAN, SET, fault_at, has, mapped, refused)

EEXIST = 17
UNKNOWN, DENY = 0, 3            # enum kvm_s2_verdict
VMM_BUSY = 10                   # enum kvm_s2_reason
SITTING = "/sys/module/testmem/parameters/sitting"
CHURN = "vmm --name churn --hold=churn --slot anon,size=1M,gpa=0x40000000 " \
    "--slot anon,size=16M,gpa=0 --guest touch@0:16M:8K " \
    "--ready /tmp/churn.ready"


def in_extents(vm, gpa, verdict, reason):
    """There is one that says so."""
    return lambda extents: any(
        (e["vm-id"], e["gpa"], e.get("verdict", 0), e.get("reason", 0)) ==
        (vm, gpa, verdict, reason) for e in extents)


def busy(vm, *gpas):
    return {"errno": 0, "list": lambda extents: all(
        in_extents(vm, gpa, UNKNOWN, VMM_BUSY)(extents) for gpa in gpas)}


def judged(vm, gpa):
    """It is there, and nothing of the VM is unknown."""
    return {"errno": 0, "list": lambda extents: any(
        e["vm-id"] == vm and e["gpa"] == gpa for e in extents) and not any(
        e["vm-id"] == vm and e.get("reason") == VMM_BUSY for e in extents)}


def page_told(gpa):
    """The fault of a VM that a shell started."""
    return {"said": has('"errno":"EFAULT"',
                        f'"fault":{{"gpa":{gpa},"bytes":4096,')}


def marked(where):
    """One dry run after the other, until one was marked"""
    return until(f"nlclient policy-check {where}class=1 constraints=4 mode=2 "
                 "| grep '\"interrupted\":true'")


def until(condition):
    """A shell's way to wait for something; the lab ends it if it hangs."""
    return f"until {condition}; do sleep 0.1; done"


class Same:
    """Whatever it is asked of is the same number each time."""

    def __init__(self):
        self.first = None

    def __call__(self, value):
        if self.first is None:
            self.first = value
        return self.first == value

    def after(self, changes):
        """So many more than that."""
        return lambda value: self(value - changes)


SAME, SAME_HOST = Same(), Same()


def host_generation(good):
    """What the administrator's client says that a set made."""
    return FINE | {"list": lambda made: good(made[0]["generation"])}


def many_sets(times):
    return " ".join(["--policy io:noexec:audit --policy io:none:none"] *
                    times)


MORE = [
    ("a move that is refused leaves policy, counters and entries", [
        (1, f"--delete 0 --make 0 --policy 0:noexec:enforce --guest write@{GPA:#x}:64K "
         f"--guest exec@{GPA:#x} --again=times=2 --policy-get 0",
         fault_at(GPA), {"runs": 2},
         {"constraints": NOEXEC, "mode": ENFORCE, "denied": 3}),
        # over another slot
        (1, "--move 0:0x30000000", {"errno": EEXIST}),
        (1, "--policy-get 0 --s2-slot 0",
         {"constraints": NOEXEC, "mode": ENFORCE, "enforced": NOEXEC,
          "denied": 3},
         {"gpa": GPA, "wb_bytes": 65536, "exec_bytes": 0, "denied": 3}),
        # and from now on it counts as before
        (1, f"--guest exec@{GPA:#x} --policy-get 0", fault_at(GPA),
         {"denied": 4}),
        (1, f"--move 0:{FAR:#x} --policy-get 0", {"errno": None},
         {"constraints": NOEXEC, "denied": 4}),
        (1, f"--guest write@{FAR:#x} --guest exec@{FAR:#x} --policy-get 0",
         RAN, fault_at(FAR), {"denied": 5}),
        (1, f"--move 0:{GPA:#x} --policy 0:none:none", {"slot": 0}),
    ]),
    ("a move that would log what is forced is refused, and changes nothing", [
        (3, "--delete 0 --make 0 --policy 0:floor=nc+force:enforce "
         f"--guest write@{GPA:#x}:64K "
         f"--guest exec@{GPA:#x} --policy-get 0", RAN, fault_at(GPA),
         {"constraints": 66, "denied": 1}),
        (3, f"--move 0:{FAR:#x}:log", {"errno": EINVAL}),
        (3, "--policy-get 0 --s2-slot 0",
         {"constraints": 66, "mode": ENFORCE, "denied": 1},
         {"gpa": GPA, "slot_flags": 0, "denied": 1}),
        # KVM unmaps a slot before it asks whether it may be moved
        (3, f"--guest read@{GPA:#x}:64K --guest exec@{GPA:#x} --policy-get 0 "
         "--s2-slot 0", RAN, fault_at(GPA), {"denied": 2},
         {"nc_bytes": 65536, "wb_bytes": 0}),
        # in audit mode it may be forced at any time
        (3, "--policy 0:floor=nc+force:audit --move "
         f"0:{FAR:#x}:log", {"errno": EINVAL}),
        (3, f"--policy 0:none:none --move 0:{FAR:#x}:log --flags 0:none "
         f"--move 0:{GPA:#x}", {"errno": None}),
    ]),
    ("flags that change keep the counters", [
        (3, "--delete 0 --make 0 --policy 0:floor=device:enforce "
         f"--guest read@{GPA:#x} --again=times=6 --flags 0:log "
         "--again=times=5 --flags 0:none --again=times=4 --policy-get 0",
         {"runs": 4}, {"denied": 16}),
        (3, "--policy 0:floor=device:audit --again --flags 0:log "
         f"--guest write@{GPA + 0x1000:#x} --flags 0:none --s2-slot 0",
         {"slot": 0}, {"denied": 16, "would_deny": 2}),
        (3, "--policy 0:none:none", {"mode": 0}),
    ]),
    ("vCPUs that are initialised again: what the driver and policies chose is "
     "chosen again", [
        (1, "--guest read@0x20000000 --s2-extents --reinit "
         "--guest read@0x20000000 --s2-extents",
         mapped(0x20000000, NC, 3), {"action": "reinit"}, RAN,
         mapped(0x20000000, NC, 3)),
        ("a", f"{SET} class=6 constraints=4 mode=2", FINE),
        (1, "--guest read@0x20000000 --reinit --guest read@0x20000000 "
         "--guest misread@0x20000000 --s2-extents", RAN,
         {"action": "reinit"}, RAN, EFAULT, mapped(0x20000000, DEVICE, 14)),
        ("a", f"{SET} class=6 constraints=0 mode=0", FINE),
        (1, f"--guest write@{GPA:#x}:64K --reinit "
         f"--guest write@{GPA:#x}:64K --s2-slot 0", RAN,
         {"wb_bytes": 65536, "nc_bytes": 0}),
        # VM 2 was forced by the last step before these
        (2, "--s2-slot 0 --reinit --s2-slot 0", {"nc_bytes": 65536},
         {"action": "reinit"}, {"nc_bytes": 0, "wb_bytes": 0}),
        (2, f"--guest write@{GPA:#x}:64K --s2-slot 0", RAN,
         {"nc_bytes": 65536, "wb_bytes": 0}),
        (2, f"--guest exec@{GPA:#x}", fault_at(GPA)),
    ]),
    ("who is locked into a floor cannot force its way under it", [
        (1, "--policy 2:floor=nc+locked:enforce", {"errno": None}),
        (1, "--policy 2:floor=nc+locked+force:enforce", {"errno": EPERM}),
        (1, "--guest read@0x30000000 --policy-get 2", EFAULT,
         {"constraints": FLOOR_NC | LOCKED, "mode": ENFORCE}),
        # with force from the beginning it is force that is locked
        (1, "--delete 2 --make 2 --policy 2:floor=nc+locked+force:enforce "
         "--policy 2:floor=nc+locked:enforce", {"errno": EPERM}),
        (1, "--delete 2 --make 2", {"errno": None}),
    ]),
    ("a dry run tells of memory that its VMM lets nobody look at", [
        (1, f"--guest write@{GPA:#x}:64K --sit", RAN, {"action": "sit"}),
        ("s", until(f'[ "$(cat {SITTING})" = 1 ]'), {"status": 0}),
        ("a", "policy-check vm=1 class=1 constraints=4 mode=2",
         busy(1, GPA)),
        ("a", "policy-check vm=1 slot=0 constraints=4 mode=2",
         busy(1, GPA)),
        # of the others it says what it says at any time
        (2, f"--policy ram:none:none --guest write@{GPA:#x}:64K", RAN),
        ("a", "policy-check class=1 constraints=4 mode=2", {
            "errno": 0, "list": lambda e:
            in_extents(1, GPA, UNKNOWN, VMM_BUSY)(e) and
            in_extents(2, GPA, DENY, 14)(e)}),
        # setting needs nothing of the VMM's, and is not held up
        ("a", f"{SET} class=1 constraints=8 mode=1", FINE),
        ("a", f"{SET} class=1 constraints=0 mode=0", FINE),
        ("s", f"echo 0 > {SITTING}; " +
         until("! nlclient policy-check vm=1 class=1 constraints=4 mode=2 | "
               f"grep -q '\"reason\":{VMM_BUSY}[,}}]'"), {"status": 0}),
        ("a", "policy-check vm=1 class=1 constraints=4 mode=2",
         judged(1, GPA)),
        (1, f"--guest read@{GPA:#x}", RAN),
    ]),
    ("a dry run is marked when slots change under it", [
        ("s", f"{CHURN} > /dev/null 2>&1 & echo $! > /tmp/churn.pid; " +
         until("[ -e /tmp/churn.ready ]"), {"status": 0}),
        ("s", "id=$(nlclient dump | sed 's/.*\"last-vm-id\":\\([0-9]*\\).*/"
         "\\1/;q'); " + marked("vm=$id "), {"said": has('"interrupted":true')}),
        ("s", marked(""), {"said": has('"interrupted":true')}),
        ("s", "kill $(cat /tmp/churn.pid)", {"status": 0}),
        ("a", "policy-check vm=1 class=1 constraints=4 mode=2",
         {"errno": 0, "interrupted": None}),
    ]),
    ("a refused fault tells the page, in blocks as well", [
        ("s", "vmm --code file=/mnt/dax/file,off=384K --slot "
         "hugetlb,size=2M,gpa=0x40000000,slot=0 --policy "
         "0:floor=device:enforce --guest read@0x40123000",
         page_told(0x40123000)),
        ("s", "vmm --code file=/mnt/dax/file,off=384K --slot "
         "hugetlb,size=2M,gpa=0x40000000,slot=0 --guest write@0x40123000 "
         "--policy 0:noexec:enforce --guest exec@0x40123000",
         page_told(0x40123000)),
        ("s", "vmm --code file=/mnt/dax/file,off=384K --slot "
         "anon-thp,size=2M,gpa=0x40000000,slot=0,flags=populate --policy "
         "0:floor=device:enforce --guest read@0x401ff000",
         page_told(0x401ff000)),
    ]),
    ("what changes nothing is no change; a dry run says of which it speaks", [
        (3, "--policy 0:noexec:audit --policy 0:noexec:audit "
         "--policy-try 0:noexec:enforce --policy-get 0 "
         "--policy 0:noexec:enforce --policy 0:none:none --policy 0:none:none",
         {"generation": SAME}, {"generation": SAME}, {"generation": SAME},
         {"generation": SAME, "constraints": NOEXEC, "mode": AUDIT},
         {"generation": SAME.after(1)}, {"generation": SAME.after(2)},
         {"generation": SAME.after(2)}),
        ("a", "policy-set class=4 constraints=8 mode=1",
         host_generation(SAME_HOST)),
        ("a", "policy-set class=4 constraints=8 mode=1",
         host_generation(SAME_HOST)),
        ("a", "policy-set class=4 constraints=0 mode=0",
         host_generation(SAME_HOST.after(1))),
    ]),
    # as many as a line can have; tests/lab/policy-edges counts the events
    ("a VMM that sets policies all the time", [
        (2, many_sets(100), {"errno": None}),
    ]),
    ("and a VM that ends with memory that is forced", [
        (2, f"--policy ram:floor=nc+force:enforce --guest write@{GPA:#x}:64K "
         "--s2-slot 0", RAN, {"nc_bytes": 65536}),
    ]),
]
