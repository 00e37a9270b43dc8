# SPDX-License-Identifier: GPL-2.0-only
"""What policies come to: a model of the composition.

Written from the design and from the words of linux/kvm_s2_types.h.  It knows
what memory is only by its class, never by what the kernel decides from.  Where
the words leave room, an answer is a set of all that would be right.
"""

from collections import namedtuple
from dataclasses import dataclass, field

# enum kvm_s2_constraint, by hand
REQUIRE_FWB, FLOOR_NC, FLOOR_DEVICE, NOEXEC, MATCH_VMA, LOCKED, FORCE = \
    (1 << i for i in range(7))
ALL = (1 << 7) - 1
NONE, AUDIT, ENFORCE = range(3)
ADMIN, VMM = 1, 2

EPERM, EBUSY, EINVAL, EOPNOTSUPP, ESTALE = 1, 16, 22, 95, 116

# What can be forced to be non-cacheable: memory that the host can clean
FORCEABLE = ("ram", "ram-nc", "zone-device")
CLASSES = ("ram", "zone-device", "pfnmap-wb", "ram-nc", "io", "io-nc", "gmem",
           "hole")
CLASS_NUMBER = {name: i + 1 for i, name in enumerate(CLASSES)}

Cpu = namedtuple("Cpu", "fwb dic")

# class -> type and reason without any policy
BASE = {"ram": ("wb", "map-memory"), "ram-nc": ("wb", "map-memory"),
        "zone-device": ("wb", "cacheable-vma"),
        "pfnmap-wb": ("wb", "cacheable-vma"),
        "io": ("device", "io-vma"), "io-nc": ("nc", "any-uncached")}

# type: it is mapped with, if it is.  refused: the reasons of which one must be
# given, none if it is not.  ours: a constraint refuses, not the base.
Answer = namedtuple("Answer", "type reason refused ours")


def _floored(kind, mask, cacheable_ok):
    """(type, refused) after the floors, of which the stronger one counts."""
    if mask & FLOOR_DEVICE:
        return ("wb", True) if kind == "wb" else ("device", False)
    if mask & FLOOR_NC and kind == "wb":
        if mask & FORCE and cacheable_ok:
            return "nc", False
        return "wb", True
    return kind, False


def decide(mem, cpu, mask, fetch):
    """What an access to memory comes to if mask is enforced."""
    base, reason = BASE[mem.kind]
    kind, too_weak = _floored(base, mask, mem.kind in FORCEABLE)
    if kind != base:
        reason = "floor"
    refused = set()
    if too_weak:
        refused.add("floor")
    if mask & REQUIRE_FWB and kind == "wb" and not cpu.fwb:
        refused.add("require-fwb")
    if mask & MATCH_VMA and kind != mem.vma:
        refused.add("match-vma")
    if fetch and base != "wb":
        # refused with or without any policy
        return Answer(kind, reason, {"exec-io"} | refused, bool(refused))
    if fetch and kind != "wb":
        refused.add("floor")
    if fetch and mask & NOEXEC:
        refused.add("noexec")
    return Answer(kind, reason, refused, bool(refused))


@dataclass
class Mem:
    """What a slot is made of."""
    kind: str
    vma: str


@dataclass
class Policy:
    mask: int = 0
    mode: int = NONE

    def part(self, mode):
        return self.mask if self.mode == mode else 0


@dataclass
class Vm:
    slots: dict                 # number -> Mem
    places: dict = field(default_factory=dict)      # (owner, place) -> Policy
    generation: int = 1

    def at(self, owner, place):
        return self.places.get((owner, place), Policy())


class World:
    """The host's policies and those of its VMs.

    A place is ("class", name) or ("slot", number).
    """

    def __init__(self, cpu, vms):
        self.cpu = cpu
        self.vms = vms          # number -> Vm
        self.host = {}          # class -> Policy
        self.generation = 1

    def mask(self, vm, slot, mode):
        """Sets are united, whoever set them."""
        kind = vm.slots[slot].kind
        out = self.host.get(kind, Policy()).part(mode)
        for owner in (ADMIN, VMM):
            for place in (("class", kind), ("slot", slot)):
                out |= vm.at(owner, place).part(mode)
        return out

    def look(self, number, slot, fetch=False):
        """(answer, verdict, reasons) of an access."""
        vm = self.vms[number]
        mem = vm.slots[slot]
        enforced = self.mask(vm, slot, ENFORCE)
        audited = self.mask(vm, slot, AUDIT)
        answer = decide(mem, self.cpu, enforced, fetch)
        if answer.refused:
            return answer, "deny", answer.refused
        stricter = decide(mem, self.cpu, enforced | audited, fetch)
        if stricter.refused:
            return answer, "would-deny", stricter.refused
        return answer, "allow", {answer.reason}

    def _clashes(self, number, place, owner, mask, mode):
        """(certain, possible): FORCE would meet what it contradicts.

        It certainly meets MATCH_VMA in a class of plain memory.  A slot may be
        of any class, so that one may be taken to meet what holds for any; and
        a floor of Device can be taken to contradict it as well.
        """
        if mode == NONE:
            return False, False
        certain, possible = self._clash(number, place, owner, mask, MATCH_VMA)
        return certain, possible or any(
            self._clash(number, place, owner, mask, FLOOR_DEVICE))

    def _clash(self, number, place, owner, mask, against):
        both = FORCE | against
        if not mask & both:
            return False, False
        if mask & both == both:
            return False, True
        certain = possible = False
        for n in list(self.vms) if number is None else [number]:
            others = {(o, p): policy.mask
                      for (o, p), policy in self.vms[n].places.items()
                      if (number, owner, place) != (n, o, p)}
            if number is not None:
                others.update({(None, ("class", kind)): policy.mask
                               for kind, policy in self.host.items()})
            for (_, other), held in others.items():
                if not (held | mask) & both == both:
                    continue
                if "slot" in (place[0], other[0]):
                    possible = True
                elif place == other:
                    possible = True
                    certain |= place[1] in ("ram", "zone-device")
        return certain, possible

    def refusals(self, number, place, owner, mask, mode, generation):
        """(must, may): errnos of setting a policy; number None: the host's."""
        must, may = set(), set()
        if number is None:
            now = self.host.get(place[1], Policy())
            current = self.generation
            if mask & LOCKED:
                must.add(EOPNOTSUPP)
        else:
            now = self.vms[number].at(owner, place)
            current = self.vms[number].generation
        if generation and generation != current:
            must.add(ESTALE)
        if now.mask & LOCKED and (now.mask & ~mask or mode < now.mode):
            must.add(EPERM)
        if mask & FORCE:
            self._refuse_force(number, place, owner, mask, must, may)
        certain, possible = self._clashes(number, place, owner, mask, mode)
        if certain:
            must.add(EBUSY)
        if possible:
            may.add(EBUSY)
        return must, may

    def _refuse_force(self, number, place, owner, mask, must, may):
        if owner == ADMIN:
            must.add(EPERM)
        if not mask & FLOOR_NC:
            must.add(EINVAL)
        if place[0] == "class" and place[1] not in FORCEABLE:
            must.add(EOPNOTSUPP)
        if place[0] == "slot" and \
                self.vms[number].slots[place[1]].kind not in FORCEABLE:
            may.add(EOPNOTSUPP)

    def set(self, number, place, owner, mask, mode):
        policy = Policy(mask, mode)
        if number is None:
            self.host[place[1]] = policy
        else:
            self.vms[number].places[owner, place] = policy

    def new_slot(self, number, slot):
        """A slot was deleted and made again: its policies went with it."""
        places = self.vms[number].places
        for owner in (ADMIN, VMM):
            places.pop((owner, ("slot", slot)), None)
