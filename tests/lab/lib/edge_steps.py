# SPDX-License-Identifier: GPL-2.0-only
"""The steps of tests/lab/policy-edges: who does what, and what comes of it.

Who is a VM (1 to 3), the administrator's client (a) or his shell (s).  What
comes of it is for the last of the results, one a thing that was done.
"""

import re

IO_NC = 6               # enum kvm_s2_class
REQUIRE_FWB, FLOOR_NC, FLOOR_DEVICE, NOEXEC, MATCH_VMA, LOCKED, FORCE = \
    (1 << i for i in range(7))
AUDIT, ENFORCE = 1, 2
NC, DEVICE = 3, 4       # enum kvm_s2_type
EPERM, ENOENT, EBUSY, EINVAL, ERANGE, EOPNOTSUPP, ESTALE = \
    1, 2, 16, 22, 34, 95, 116
SYSFS = "/sys/class/misc/kvm/s2"

# Attributes of the specification, by hand
VM_ID, CLASS, MODE, GENERATION = 1, 3, 6, 7

SAID = re.compile(".")          # something was


def has(*texts):
    return re.compile("".join(f"(?=.*{re.escape(text)})" for text in texts))


def refused(what, errno, text=SAID, **more):
    """The administrator's request, and how it must end."""
    return ("a", what, {"errno": errno, "text": text} | more)


def errno_of(what, errno):
    """The VMM's, likewise."""
    return (1, what, {"errno": errno})


FINE = {"errno": 0, "text": ""}
RAN = {"result": "ok"}
EFAULT = {"result": "errno", "errno": "EFAULT"}
GPA, FAR = 0x10000000, 0x40000000
SET = "policy-set vm=1"


def fault_at(gpa):
    return EFAULT | {"fault": lambda f: f["gpa"] & ~0xfff == gpa}


def at_least(n):
    return lambda value: value >= n


def types_of(gpa):
    """mapped and reason of the page that an extent begins with"""
    def find(extents):
        return next(((e["mapped"], e["reason"]) for e in extents
                     if e["gpa"] <= gpa < e["gpa"] + e["bytes"]), None)
    return find


def mapped(gpa, kind, reason):
    return {"extents": lambda e: types_of(gpa)(e) == (kind, reason)}


STEPS = [
    ("the administrator's requests that make no sense", [
        refused(f"{SET} class=1 constraints=0x80 mode=2", EINVAL),
        refused(f"{SET} class=1 constraints=0x80000000 mode=2", EINVAL),
        refused(f"{SET} class=1 constraints=8 mode=3", ERANGE, bad_attr=MODE),
        refused(f"{SET} class=0 constraints=8 mode=2", ERANGE,
                bad_attr=CLASS),
        refused(f"{SET} class=9 constraints=8 mode=2", ERANGE,
                bad_attr=CLASS),
        refused(f"{SET} class=1 constraints=0 mode=2", EINVAL),
        refused(f"{SET} class=1 constraints=8 mode=0", EINVAL),
        refused(f"{SET} constraints=8 mode=2", EINVAL),
        refused(f"{SET} class=1 mode=2", EINVAL),
        refused(f"{SET} class=1 constraints=8", EINVAL),
        refused(f"{SET} slot=0 class=1 constraints=8 mode=2", EINVAL),
        refused("policy-set slot=0 constraints=8 mode=2", EINVAL),
        refused("policy-set vm=0 class=1 constraints=8 mode=2", ERANGE,
                bad_attr=VM_ID),
        refused(f"{SET} class=1 constraints=8 mode=2 generation=0", ERANGE,
                bad_attr=GENERATION),
        refused(f"{SET} class=1 constraints=8 mode=2 owner=2", EINVAL),
        refused("policy-set vm=77 class=1 constraints=8 mode=2", ENOENT,
                bad_attr=VM_ID),
        refused(f"{SET} slot=77 constraints=8 mode=2", ENOENT),
        refused(f"{SET} slot=0xffffffff constraints=8 mode=2", ENOENT),
        refused("policy-get vm=77", ENOENT, bad_attr=VM_ID),
    ]),
    ("a dry run refuses what setting does", [
        refused("policy-check vm=1 class=1 constraints=0x80 mode=2", EINVAL),
        refused("policy-check vm=77 class=1 constraints=8 mode=2", ENOENT),
        refused("policy-check vm=1 slot=77 constraints=8 mode=2", ENOENT),
        refused("policy-check vm=1 class=1 constraints=66 mode=2", EPERM,
                has("force")),
        refused("policy-check class=1 constraints=40 mode=2", EOPNOTSUPP,
                has("locked")),
        errno_of("--policy-try 0:noexec:enforce:count=0", EINVAL),
        errno_of("--policy-try 77:noexec:enforce", ENOENT),
        errno_of("--policy-try io:floor=nc+force:enforce", EOPNOTSUPP),
    ]),
    ("what the administrator may not ask for", [
        refused(f"{SET} class=1 constraints=66 mode=2", EPERM, has("force")),
        refused(f"{SET} slot=0 constraints=66 mode=1", EPERM, has("force")),
        refused("policy-set class=1 constraints=66 mode=2", EPERM,
                has("force")),
        refused("policy-set class=1 constraints=40 mode=2", EOPNOTSUPP,
                has("locked")),
        refused(f"{SET} class=1 constraints=8 mode=2 generation=9999", ESTALE),
        refused("policy-set class=1 constraints=8 mode=2 generation=9999",
                ESTALE),
    ]),
    ("the VMM's requests that are refused", [
        errno_of("--policy ram:0x80:enforce", EINVAL),
        errno_of("--policy ram:noexec:3", EINVAL),
        errno_of("--policy ram:none:enforce", EINVAL),
        errno_of("--policy ram:noexec:none", EINVAL),
        errno_of("--policy 0/ram:noexec:enforce", EINVAL),
        errno_of("--policy 0xffffffff/9:noexec:enforce", EINVAL),
        errno_of("--policy 0xffffffff/0:noexec:enforce", EINVAL),
        errno_of("--policy 77:noexec:enforce", ENOENT),
        errno_of("--policy-get 77", ENOENT),
        errno_of("--policy ram:noexec:enforce:gen=9999", ESTALE),
        errno_of("--policy ram:force:enforce", EINVAL),
        errno_of("--policy ram:force+noexec:audit", EINVAL),
        errno_of("--policy io:floor=nc+force:enforce", EOPNOTSUPP),
        errno_of("--policy io-nc:floor=nc+force:enforce", EOPNOTSUPP),
        errno_of("--policy pfnmap-wb:floor=nc+force:enforce", EOPNOTSUPP),
        errno_of("--policy gmem:floor=nc+force:enforce", EOPNOTSUPP),
        errno_of("--policy hole:floor=nc+force:enforce", EOPNOTSUPP),
    ]),
    ("nothing of that was set", [
        (1, "--policy-get ram", {"constraints": 0, "mode": 0, "enforced": 0,
                                 "audited": 0, "generation": 1}),
        (1, "--policy-get 0", {"constraints": 0, "mode": 0, "enforced": 0}),
        ("a", "policy-get vm=1", {"errno": 0, "objects": 0}),
        ("a", "policy-get", {"errno": 0, "objects": 0}),
    ]),
    ("force and match-vma: who is second is refused, and told of the first", [
        (1, "--policy ram:floor=nc+force:enforce", {"generation": 2}),
        refused(f"{SET} class=1 constraints=16 mode=2", EBUSY,
                has("force", "match-vma")),
        refused(f"{SET} slot=0 constraints=16 mode=2", EBUSY,
                has("force", "match-vma")),
        refused("policy-set class=1 constraints=16 mode=2", EBUSY,
                has("force", "match-vma")),
        (1, "--policy ram:none:none", {"generation": 3}),
        ("a", f"{SET} class=1 constraints=16 mode=2", FINE),
        errno_of("--policy ram:floor=nc+force:enforce", EBUSY),
        errno_of("--policy 0:floor=nc+force:enforce", EBUSY),
        ("a", f"{SET} class=1 constraints=0 mode=0", FINE),
        ("a", "policy-set class=1 constraints=16 mode=2", FINE),
        errno_of("--policy ram:floor=nc+force:enforce", EBUSY),
        ("a", "policy-set class=1 constraints=0 mode=0", FINE),
    ]),
    ("force and dirty logging, whichever comes first", [
        (1, "--policy 0:floor=nc+force:enforce --flags 0:log",
         {"errno": EINVAL}),
        (1, "--policy 0:none:none --flags 0:log "
         "--policy 0:floor=nc+force:enforce", {"slot": 0}, {"errno": EBUSY}),
        (1, "--policy ram:floor=nc+force:enforce", {"errno": EBUSY}),
        (1, "--flags 0:none --policy ram:floor=nc+force:enforce "
         "--flags 0:log", {"errno": EINVAL}),
        (1, "--policy ram:none:none --flags 0:log --flags 0:none",
         {"slot": 0}),
    ]),
    ("locked is not taken back, by who set it, until the slot ends", [
        ("a", f"{SET} slot=0 constraints=40 mode=1", FINE),
        refused(f"{SET} slot=0 constraints=0 mode=0", EPERM, has("locked")),
        refused(f"{SET} slot=0 constraints=32 mode=1", EPERM, has("locked")),
        refused(f"{SET} slot=0 constraints=8 mode=2", EPERM, has("locked")),
        ("a", f"{SET} slot=0 constraints=40 mode=2", FINE),
        refused(f"{SET} slot=0 constraints=40 mode=1", EPERM, has("locked")),
        (1, "--policy 0:none:none --policy-get 0",
         {"constraints": 0, "enforced": lambda m: m & NOEXEC}),
        (1, f"--guest write@{GPA:#x} --guest exec@{GPA:#x}", RAN,
         fault_at(GPA)),
        (1, "--delete 0 --make 0 --policy-get 0", {"enforced": 0}),
        (1, f"--guest exec@{GPA:#x}", RAN),
    ]),
    ("a policy of the VM's own, locked, holds for it as well", [
        (1, "--policy 2:noexec+locked:enforce --policy 2:none:none",
         {"errno": EPERM}),
        (1, "--policy 2:noexec:enforce", {"errno": EPERM}),
        (1, "--policy 2:noexec+locked+match-vma:enforce --policy-get 2",
         {"constraints": NOEXEC | LOCKED | MATCH_VMA, "mode": ENFORCE}),
        (1, "--delete 2 --make 2 --policy-get 2", {"enforced": 0}),
    ]),
    ("a slot's policy stays when flags or address change, and goes with it", [
        (1, "--policy 0:noexec:enforce --flags 0:log --policy-get 0",
         {"constraints": NOEXEC, "mode": ENFORCE}),
        (1, f"--guest exec@{GPA:#x} --flags 0:none --policy-get 0",
         fault_at(GPA), {"slot": 0}, {"constraints": NOEXEC}),
        (1, f"--move 0:{FAR:#x} --policy-get 0 --guest write@{FAR:#x} "
         f"--guest exec@{FAR:#x}",
         {"constraints": NOEXEC}, RAN, fault_at(FAR)),
        (1, f"--move 0:{GPA:#x} --delete 0 --make 0 --policy-get 0 "
         f"--guest exec@{GPA:#x}", {"constraints": 0, "enforced": 0}, RAN),
    ]),
    ("a new slot's first fault is under the VM's and the host's policy", [
        ("a", f"{SET} class=1 constraints=8 mode=2", FINE),
        (1, f"--delete 0 --make 0 --guest exec@{GPA:#x}", fault_at(GPA)),
        ("a", f"{SET} class=1 constraints=0 mode=0", FINE),
        ("a", "policy-set class=1 constraints=4 mode=2", FINE),
        (1, f"--delete 0 --make 0 --guest read@{GPA:#x}", fault_at(GPA)),
        ("s", "vmm --slot anon,size=4K,gpa=0 --guest read@0",
         {"said": has("EFAULT")}),
        ("a", "policy-set class=1 constraints=0 mode=0", FINE),
        (1, f"--guest read@{GPA:#x}", RAN),
    ]),
    ("what was refused can be done when the VMM or administrator relents", [
        ("a", f"{SET} class=1 constraints=8 mode=2", FINE),
        (1, f"--s2-slot 0 --guest exec@{GPA:#x} --again=times=4 --s2-slot 0",
         fault_at(GPA), {"runs": 4, "errno": "EFAULT"},
         {"denied": at_least(5)}),
        ("a", f"{SET} class=1 constraints=0 mode=0", FINE),
        (1, "--again", RAN),
        (1, f"--policy 0:floor=device:enforce --guest read@{GPA:#x} "
         "--policy 0:none:none --again", fault_at(GPA), {"slot": 0}, RAN),
    ]),
    ("audit counts and changes nothing", [
        (1, f"--delete 0 --make 0 --guest write@{GPA:#x}:64K --s2-extents",
         RAN, {}),
        (1, "--policy 0:floor=device:audit --s2-slot 0",
         {"wb_bytes": 65536, "audited": FLOOR_DEVICE, "enforced": 0,
          "denied": 0, "would_deny": 0, "verdict": 2}),
        (1, f"--discard 0 --guest write@{GPA:#x}:64K --s2-slot 0", RAN,
         {"wb_bytes": 65536, "denied": 0, "would_deny": 16}),
        (1, "--policy 0:floor=device:enforce --s2-slot 0",
         {"wb_bytes": 0, "verdict": 3, "enforced": FLOOR_DEVICE}),
        (1, f"--guest write@{GPA:#x} --s2-slot 0", fault_at(GPA),
         {"denied": 1, "would_deny": 16}),
        (1, f"--policy 0:none:none --guest write@{GPA:#x}", RAN),
    ]),
    ("an administrator's policy is not the VMM's to take back", [
        ("a", f"{SET} class=1 constraints=8 mode=2", FINE),
        (1, "--policy ram:none:none --policy-get ram",
         {"constraints": 0, "mode": 0, "enforced": NOEXEC}),
        (1, "--policy ram:match-vma:audit --policy-get ram",
         {"constraints": MATCH_VMA, "mode": AUDIT, "enforced": NOEXEC,
          "audited": MATCH_VMA}),
        ("a", f"{SET} class=1 constraints=0 mode=0", FINE),
        (1, "--policy ram:none:none --policy-get ram",
         {"enforced": 0, "audited": 0}),
    ]),
    ("what is got is what was set", [
        (1, "--policy io-nc:require-fwb+floor=device+match-vma:audit "
         "--policy-get io-nc",
         {"constraints": REQUIRE_FWB | FLOOR_DEVICE | MATCH_VMA,
          "mode": AUDIT}),
        ("a", f"{SET} slot=1 constraints=9 mode=2", {
            "text": "", "list": lambda o: o and o[0]["vm-id"] == 1}),
        ("a", "policy-get vm=1", {"errno": 0, "list": lambda o: {
            (e.get("slot"), e.get("class"), e.get("owner"),
             e.get("constraints"), e.get("mode")) for e in o
            if e.get("owner")} ==
            {(None, IO_NC, 2, 21, AUDIT), (1, None, 1, 9, ENFORCE)}}),
        ("a", f"{SET} slot=1 constraints=0 mode=0", FINE),
        (1, "--policy io-nc:none:none", {"mode": 0}),
    ]),
    ("a floor of Device over a BAR that its driver lets be non-cacheable", [
        (1, "--guest read@0x20000000 --guest misread@0x20000000 "
         "--s2-extents", RAN, RAN, mapped(0x20000000, NC, 3)),
        ("a", f"{SET} class=6 constraints=4 mode=2", FINE),
        (1, "--s2-extents", mapped(0x20000000, 1, 14)),
        (1, "--guest read@0x20000000 --guest misread@0x20000000 "
         "--s2-extents", RAN, EFAULT, mapped(0x20000000, DEVICE, 14)),
        ("a", f"{SET} class=6 constraints=0 mode=0", FINE),
        (1, "--guest misread@0x20000000 --s2-extents", RAN,
         mapped(0x20000000, NC, 3)),
    ]),
    ("sysfs has the host's policy, and takes it", [
        ("s", f"cat {SYSFS}/policy_ram_nc", {"said": "none"}),
        ("s", f"echo enforce require-fwb,noexec > {SYSFS}/policy_ram_nc",
         {"status": 0}),
        ("s", f"cat {SYSFS}/policy_ram_nc",
         {"said": "enforce require-fwb,noexec"}),
        ("a", "policy-get", {"list": lambda o: [
            (e["class"], e["owner"], e["constraints"], e["mode"])
            for e in o if e.get("owner")] == [(4, 1, 9, ENFORCE)]}),
        ("s", f"echo audit floor=nc > {SYSFS}/policy_ram_nc", {"status": 0}),
        ("s", f"cat {SYSFS}/policy_ram_nc", {"said": "audit floor=nc"}),
        ("s", f"echo none > {SYSFS}/policy_ram_nc", {"status": 0}),
        ("s", f"cat {SYSFS}/policy_ram_nc", {"said": "none"}),
    ] + [
        ("s", f"echo '{bad}' > {SYSFS}/policy_ram_nc",
         {"status": lambda n: n != 0})
        for bad in ("enforce", "enforce bogus", "perhaps noexec",
                    "enforce noexec,", "none noexec", "enforce locked",
                    "enforce floor=nc,force", "")
    ] + [
        ("s", f"cat {SYSFS}/policy_ram_nc", {"said": "none"}),
        ("s", f"setpriv --reuid=tester --regid=tester --clear-groups sh -c "
         f"'echo none > {SYSFS}/policy_ram_nc'",
         {"status": lambda n: n != 0}),
        ("s", f"cat {SYSFS}/policy_generation {SYSFS}/denied "
         f"{SYSFS}/would_deny", {"said": re.compile(r"^\d+\n\d+\n\d+$")}),
    ]),
    ("only an administrator hears of events", [
        ("s", "setpriv --reuid=tester --regid=tester --clear-groups "
         "nlclient events /tmp/tester.events true",
         {"status": lambda n: n != 0}),
        ("s", "setpriv --bounding-set=-sys_admin "
         "nlclient events /tmp/tester.events true",
         {"status": lambda n: n != 0}),
    ]),
    ("a burst of refusals is counted, each of them", [
        (3, f"--policy 0:floor=device:enforce --guest read@{GPA:#x} "
         "--again=times=19999 --s2-slot 0", EFAULT,
         {"runs": 19999, "errno": "EFAULT"}, {"denied": 20000}),
    ]),
    ("what is forced: mapped, and every page of it unmapped again", [
        (1, f"--policy 2:floor=nc+force:enforce "
         "--guest write@0x30000000:64K --s2-slot 2", RAN,
         {"nc_bytes": 65536, "wb_bytes": 0, "mapped": NC, "reason": 14}),
        (1, "--guest exec@0x30000000", fault_at(0x30000000)),
        (1, "--discard 2 --guest write@0x30000000:64K --s2-slot 2", RAN,
         {"nc_bytes": 65536}),
        (1, "--policy 2:none:none --s2-slot 2", {"nc_bytes": 0}),
        (1, "--guest write@0x30000000:64K --s2-slot 2", RAN,
         {"wb_bytes": 65536, "nc_bytes": 0}),
        (1, "--policy ram:floor=nc+force:enforce --delete 2 --make 2 "
         "--guest write@0x30000000:64K --s2-slot 2", RAN,
         {"nc_bytes": 65536}),
        (1, "--delete 2 --make 2 --guest write@0x30000000:64K --unmap 2 "
         "--s2-slot 2", RAN, {"slot": 2}, {"nc_bytes": 0}),
        (1, "--policy ram:none:none", {"mode": 0}),
        # and VM 2 keeps it
        (2, "--policy ram:floor=nc+force:enforce "
         f"--guest write@{GPA:#x}:64K --s2-slot 0", RAN,
         {"nc_bytes": 65536}),
    ]),
]

# VM, address of 16 pages that were forced, and how often
# by these steps, and by those of edge_more.py
FORCED = [(1, 0x30000000, 4), (2, GPA, 3)]
