# SPDX-License-Identifier: GPL-2.0-only
"""Every place where a VMM's force meets what it contradicts, in both orders.

The VMM forces a class or a slot.  Against that stand match-vma and a floor of
Device: of the host (over netlink or sysfs), of the administrator's for the VM
or a slot, of the VMM's own elsewhere.  Who is second is refused with EBUSY,
and is told both sides where there is somewhere to tell it.
"""

import re

EBUSY = 16
SYSFS = "/sys/class/misc/kvm/s2/policy_ram"
SAID_BUSY = re.compile("busy", re.I)

# The VMM's places to force: what it writes, and how the kernel calls them
FORCE_PLACES = (("ram", "vmm for VM 1"), ("0", "vmm for slot 0 of VM 1"))
AGAINST = (("match-vma", 16), ("floor=device", 4))


def admin(where, mask):
    mode = 2 if mask else 0
    return f"policy-set {where}constraints={mask} mode={mode}"


def sysfs(what):
    return f"exec bash -c 'echo {what} > {SYSFS}'"


def set_fine(who, what):
    """A step that must work."""
    if who == "a":
        return ("a", what, {"errno": 0, "text": ""})
    if who == "s":
        return ("s", what, {"status": 0})
    return (1, f"--policy {what}", {"errno": None})


def set_busy(who, what, text):
    """One that must be refused."""
    if who == "a":
        return ("a", what, {"errno": EBUSY, "text": re.compile(
            f"^{re.escape(text)}$")})
    if who == "s":
        return ("s", what, {"status": 1, "said": SAID_BUSY})
    return (1, f"--policy {what}", {"errno": EBUSY})


def places(word, mask):
    """Who asks for it, how, and how it is taken back."""
    yield "a", admin("class=1 ", mask), admin("class=1 ", 0)
    yield "s", sysfs(f"enforce {word}"), sysfs("none")
    yield "a", admin("vm=1 class=1 ", mask), admin("vm=1 class=1 ", 0)
    yield "a", admin("vm=1 slot=0 ", mask), admin("vm=1 slot=0 ", 0)
    yield 1, f"ram:{word}:enforce", "ram:none:none"
    yield 1, f"0:{word}:enforce", "0:none:none"


def meeting(force, called, word, who, asks, takes_back):
    """Both orders of one meeting; nothing is left of it."""
    forces = set_fine(1, f"{force}:floor=nc+force:enforce")
    relents = set_fine(1, f"{force}:none:none")
    yield forces
    yield set_busy(who, asks, f"{word} conflicts with force of {called}")
    if who == "a":
        # a dry run refuses what setting does
        yield set_busy("a", asks.replace("policy-set", "policy-check"),
                       f"{word} conflicts with force of {called}")
    yield relents
    yield set_fine(who, asks)
    yield set_busy(1, f"{force}:floor=nc+force:enforce", "")
    yield (1, f"--policy-try {force}:floor=nc+force:enforce",
           {"errno": EBUSY})
    yield set_fine(who, takes_back)


def all_meetings():
    for force, called in FORCE_PLACES:
        for word, mask in AGAINST:
            steps = []
            for who, asks, takes_back in places(word, mask):
                if who == 1 and asks.startswith(f"{force}:"):
                    continue            # would take the place of the other
                steps += meeting(force, called, word, who, asks, takes_back)
            yield f"force of {called} and {word}, wherever it is set", steps


CONFLICTS = list(all_meetings()) + [
    ("force and what contradicts it, in one and the same request", [
        (1, "--policy ram:floor=nc+force+match-vma:enforce",
         {"errno": EBUSY}),
        (1, "--policy 0:floor=nc+force+match-vma:enforce",
         {"errno": EBUSY}),
        (1, "--policy 0:floor=nc+floor=device+force:enforce",
         {"errno": 22}),
        (1, "--policy 0:floor=device+force:enforce", {"errno": 22}),
    ]),
    ("what does not meet force does not conflict with it", [
        set_fine(1, "ram:floor=nc+force:enforce"),
        set_fine("a", admin("class=5 ", 16)),
        set_fine("a", admin("vm=1 class=6 ", 4)),
        set_fine("a", admin("class=1 ", 1 | 2 | 8)),
        set_fine("a", admin("class=1 ", 0)),
        set_fine("a", admin("vm=1 class=6 ", 0)),
        set_fine("a", admin("class=5 ", 0)),
        set_fine(1, "ram:none:none"),
        (1, "--policy-get ram", {"enforced": 0, "audited": 0}),
        ("a", "policy-get vm=1", {"errno": 0, "list": lambda o: not [
            e for e in o if e.get("constraints")]}),
    ]),
]
