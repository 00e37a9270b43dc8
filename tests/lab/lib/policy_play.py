# SPDX-License-Identifier: GPL-2.0-only
"""A random sequence of policies and accesses, and what must come of each.

Made up outside before the lab boots, from a seed; guest/policy.sh has the VMs
and a netlink client do it, line by line.  Afterwards it is gone through again
with the model beside it.
"""

import json
import random
from collections import defaultdict

import policy_model as model
import words
from policy_model import ADMIN, AUDIT, ENFORCE, NONE, VMM, Mem

PAGE = 4096
PAGES = 8               # of each slot that are touched
GPA, STEP = 0x10000000, 0x1000000
CODE_SLOT, CODE_GPA, CODE_SIZE = 1000, 0xf000000000, 0x20000
FACT_VM_PFNMAP, FACT_PFN = 1 << 2, 1 << 8
ABORT = "0x21/0x10"     # as in cases.py

ANON = ("anon,size=64K", "ram", "wb")
MEMFD = ("memfd,size=64K", "ram", "wb")
THP = ("anon-thp,size=2M", "ram", "wb")
RAM_NC = ("testmem=reserved/nc,size=64K", "ram-nc", "nc")
RAM_PFN = ("testmem=reserved/wb,size=64K,off=1M", "ram", "wb")
DEVDAX = ("file=/dev/dax0.0,size=2M", "zone-device", "wb")
NO_STRUCT = ("testmem=no-struct/wb,size=64K", "pfnmap-wb", "wb")
BAR = ("bar=/sys/bus/pci/devices/@BDF@/resource2,size=64K", "io", "device")
WC = ("bar=/sys/bus/pci/devices/@BDF@/resource2_wc,size=64K", "io", "nc")
VFIO = ("vfio=@BDF@/2,size=64K", "io-nc", "device")
IO_NC = ("testmem=no-struct/nc+io+any-uncached,size=64K,off=1M", "io-nc", "nc")

# What backs the code, its class, and the slots.  Only one can have the device.
VMS = {
    1: ("anon", "ram", [ANON, RAM_NC, BAR, VFIO]),
    2: ("file=/mnt/dax/file", "zone-device",
        [ANON, MEMFD, DEVDAX, WC, IO_NC, NO_STRUCT]),
    3: ("file=/mnt/dax/file,off=128K", "zone-device",
        [ANON, THP, RAM_PFN, MEMFD]),
}

SINGLE = (model.REQUIRE_FWB, model.FLOOR_NC, model.FLOOR_DEVICE, model.NOEXEC,
          model.MATCH_VMA)


def slots_of(number, cpu):
    """Without what a CPU can have no slot of."""
    return {i: slot for i, slot in enumerate(VMS[number][2])
            if slot is not NO_STRUCT or (cpu.fwb and cpu.dic)}


def gpa_of(slot, page=0):
    return GPA + slot * STEP + page * PAGE


def make_world(cpu):
    vms = {}
    for number, (_, kind, _) in VMS.items():
        slots = {i: Mem(k, v) for i, (_, k, v) in slots_of(number, cpu).items()}
        slots[CODE_SLOT] = Mem(kind, "wb")
        vms[number] = model.Vm(slots)
    return model.World(cpu, vms)


def vm_lines(cpu):
    """For guest/policy.sh: the arguments of each VM."""
    for number, (code, _, _) in VMS.items():
        slots = " ".join(f"--slot {text},gpa={gpa_of(i):#x},slot={i}"
                         for i, (text, _, _) in slots_of(number, cpu).items())
        yield f"--code {code} {slots}\n"


class Maker:
    """Makes the operations up."""

    def __init__(self, cpu, seed, count):
        self.rng = random.Random(seed)
        self.cpu, self.count = cpu, count
        self.set_places = []
        self.locks = 0

    def place(self, number):
        kinds = ["ram", "zone-device", "ram-nc", "io", "io-nc", "pfnmap-wb"]
        if number is not None and self.rng.random() < 0.55:
            return ("slot", self.rng.choice(list(slots_of(number, self.cpu))))
        return ("class", self.rng.choice(kinds))

    def mask(self, owner, number):
        mask = 0
        for bit in self.rng.sample(SINGLE, self.rng.choice((1, 1, 1, 2, 2))):
            mask |= bit
        roll = self.rng.random()
        if (owner == VMM and roll < 0.35) or roll < 0.02:
            mask = mask & ~model.FLOOR_DEVICE | model.FORCE
            if self.rng.random() < 0.9:
                mask |= model.FLOOR_NC
        if number is None and self.rng.random() < 0.03:
            mask |= model.LOCKED
        return mask

    def setting(self):
        number = self.rng.choice((None, 1, 2, 3, 1, 2, 3))
        owner = ADMIN if number is None else self.rng.choice((ADMIN, VMM))
        place = self.place(number)
        mask = self.mask(owner, number)
        mode = self.rng.choice((AUDIT, ENFORCE, ENFORCE))
        if place[0] == "slot" and self.rng.random() < 0.05:
            mask |= model.LOCKED
        stale = 999999 if self.rng.random() < 0.04 else 0
        return number, owner, place, mask, mode, stale

    def set(self):
        crowded = len(self.set_places) > 4
        if self.set_places and self.rng.random() < (0.7 if crowded else 0.3):
            at = self.rng.randrange(len(self.set_places))
            number, owner, place = self.set_places.pop(at)
            return ("set", number, owner, place, 0, NONE, 0)
        number, owner, place, mask, mode, stale = self.setting()
        self.set_places.append((number, owner, place))
        return ("set", number, owner, place, mask, mode, stale)

    def guest(self):
        number = self.rng.choice(list(VMS))
        slot = self.rng.choice(list(slots_of(number, self.cpu)))
        op = self.rng.choice(("read", "write", "write", "exec"))
        return ("guest", number, op, slot, self.rng.randrange(PAGES))

    def one(self):
        roll = self.rng.random()
        if roll < 0.60:
            return self.guest()
        if roll < 0.88:
            return self.set()
        if roll < 0.95:
            number, owner, place, mask, mode, _ = self.setting()
            return ("try", number, owner, place, mask, mode)
        number = self.rng.choice(list(VMS))
        slot = self.rng.choice(list(slots_of(number, self.cpu)))
        return (self.rng.choice(("remake", "flags")), number, slot)

    def all(self):
        return [self.one() for _ in range(self.count)]


def constraint_words(mask):
    return "+".join(words.mask(words.CONSTRAINT, mask)) or "none"


def vmm_policy(place, mask, mode, generation=0):
    """As vmm wants it."""
    text = f"{place[1]}:{constraint_words(mask)}:{words.MODE[mode]}"
    return f"{text}:gen={generation}" if generation else text


def admin_policy(number, place, mask, mode, generation=0):
    """As nlclient wants it."""
    out = [f"vm={number}"] if number is not None else []
    if place[0] == "slot":
        out.append(f"slot={place[1]}")
    else:
        out.append(f"class={model.CLASS_NUMBER[place[1]]}")
    out += [f"constraints={mask}", f"mode={mode}"]
    if generation:
        out.append(f"generation={generation}")
    return " ".join(out)


def lines_of(op):
    """For guest/policy.sh: who, and what to do."""
    kind, number = op[0], op[1]
    everyone = list(VMS) if number is None else [number]
    looks = [(n, "--s2-extents") for n in everyone]
    if kind == "guest":
        _, _, what, slot, page = op
        return [(number, f"--guest {what}@{gpa_of(slot, page):#x} "
                 f"--s2-slot {slot} --s2-slot {CODE_SLOT} --s2-extents")]
    if kind == "remake":
        return [(number, f"--delete {op[2]} --make {op[2]} --s2-extents")]
    if kind == "flags":     # nothing but the flags, which are as before
        return [(number, f"--flags {op[2]}:none --s2-extents")]
    _, _, owner, place, mask, mode, *generation = op
    if owner == VMM:
        word = "--policy" if kind == "set" else "--policy-try"
        return [(number, f"{word} {vmm_policy(place, mask, mode, *generation)}")
                ] + looks
    word = "policy-set" if kind == "set" else "policy-check"
    return [("a", f"{word} "
             f"{admin_policy(number, place, mask, mode, *generation)}")] + looks


def pages_of(extents):
    """gpa -> extent of each page that is mapped, and how."""
    out = {}
    for e in extents:
        if words.TYPE[e["mapped"]] == "unmapped":
            continue
        for gpa in range(e["gpa"], e["gpa"] + e["bytes"], PAGE):
            out[gpa] = (words.TYPE[e["mapped"]], words.perm(e["perm"]))
    return out


class Judge:
    """Goes through what happened, with the model beside it."""

    def __init__(self, cpu, results):
        self.world = make_world(cpu)
        self.cpu = cpu
        self.results = {who: iter(lines) for who, lines in results.items()}
        self.mapped = {number: {} for number in VMS}
        self.denied = defaultdict(int)
        self.would = defaultdict(int)
        self.seen = defaultdict(int)
        self.wrong = []

    def next(self, who, action=None):
        line = json.loads(next(self.results[who]))
        if action and line["action"] != action:
            raise ValueError(f"{action} wanted, {line} found")
        return line

    def blame(self, text):
        self.wrong.append(text)

    def run(self, ops):
        for number, op in enumerate(ops):
            before = len(self.wrong)
            getattr(self, f"do_{op[0]}")(*op[1:])
            if len(self.wrong) > before:
                self.wrong[before:] = [f"operation {number} {op}: {text}"
                                       for text in self.wrong[before:]]
            if len(self.wrong) > 40:
                break
        return self.wrong

    # what is mapped

    def slot_at(self, number, gpa):
        if gpa >= CODE_GPA:
            return CODE_SLOT
        slot = (gpa - GPA) // STEP
        return slot if slot in self.world.vms[number].slots else None

    def check_extent(self, number, e):
        slot = self.slot_at(number, e["gpa"])
        mem = self.world.vms[number].slots[slot]
        where = f"VM {number} {e['gpa']:#x}"
        if e["facts"] & (FACT_PFN | FACT_VM_PFNMAP) == FACT_VM_PFNMAP:
            return      # what it is was guessed
        if words.CLASS[e["class"]] != mem.kind:
            self.blame(f"{where}: class {words.CLASS[e['class']]}")
            return
        look = self.world.look(number, slot)
        if not self.is_answer(e, *look):
            self.blame(f"{where}: {e}, not {look}")

    def check_page(self, number, gpa, kind, perm):
        slot = self.slot_at(number, gpa)
        answer, verdict, reasons = self.world.look(number, slot)
        where = f"VM {number} {gpa:#x} of slot {slot}"
        if verdict == "deny":
            self.blame(f"{where}: mapped {kind}, but refused for {reasons}")
        elif kind != answer.type:
            self.blame(f"{where}: mapped {kind}, not {answer.type}")
        refused = self.world.look(number, slot, True)[0].refused
        if "x" in perm and refused:
            self.blame(f"{where}: executable, but a fetch is refused for "
                       f"{refused}")
        old = self.mapped[number].get(gpa)
        if not old and answer.type == "wb" and self.cpu.dic and not refused \
                and "x" not in perm:
            self.blame(f"{where}: mapped anew and not executable")

    def look(self, number, may_unmap=(), written=None):
        """Reads a dump; slots of may_unmap may have lost pages.

        In one that was written, pages that could only be read may have been
        put in place of by copies.
        """
        extents = self.next(number, "s2-extents")["extents"]
        pages = pages_of(extents)
        for e in extents:
            self.check_extent(number, e)
        last = None
        for gpa, (kind, perm) in sorted(pages.items()):
            # a run of the same needs only one look
            now = (self.slot_at(number, gpa), kind, perm,
                   gpa in self.mapped[number])
            if now != last:
                self.check_page(number, gpa, kind, perm)
            last = now
        kept = {gpa: was for gpa, was in self.mapped[number].items()
                if self.slot_at(number, gpa) not in may_unmap and
                (self.slot_at(number, gpa) != written or "w" in was[1])}
        lost = [gpa for gpa in kept if gpa not in pages]
        if lost:
            self.blame(f"VM {number} {lost[0]:#x}: no more mapped, and "
                       f"{len(lost) - 1} more pages")
        changed = [gpa for gpa, (kind, perm) in kept.items() if gpa in pages
                   and (pages[gpa][0] != kind or
                        not set(perm) - {"-"} <= set(pages[gpa][1]))]
        if changed:
            self.blame(f"VM {number} {changed[0]:#x}: was {kept[changed[0]]}, "
                       f"is {pages[changed[0]]}, and {len(changed) - 1} more")
        self.mapped[number] = pages

    # operations

    def do_guest(self, number, what, slot, page):
        line = self.next(number, "guest")
        got = line.get("errno", line["result"])
        if got == "exception":
            got = f"{line['esr'] >> 26:#x}/{line['esr'] & 0x3f:#x}"
        was_mapped = gpa_of(slot, page) in self.mapped[number]
        fetch = what == "exec"
        code = [self.world.look(number, CODE_SLOT, f) for f in (True, False)]
        target = self.world.look(number, slot, fetch)
        refused = None
        if any(c[0].refused for c in code):
            want, refused = {"EFAULT"}, CODE_SLOT
        elif target[0].refused:
            want = {"EFAULT"} if target[0].ours else set()
            if "exec-io" in target[0].refused:
                want.add(ABORT)
            refused = slot
        else:
            want = {"ok"}
        self.seen[f"{what} {min(want)}"] += 1
        if got not in want:
            self.blame(f"came to {got}, not {want}")
        if got == "EFAULT":
            self.check_fault(line, refused, slot, page)
            self.denied[number, refused] += 1
        must = got == "ok" and not was_mapped and target[1] == "would-deny"
        may = any(x[1] == "would-deny" for x in code + [target])
        self.check_counts(number, slot, must, may)
        self.look(number, written=None if what == "read" else slot)
        if got == "ok" and gpa_of(slot, page) not in self.mapped[number]:
            self.blame("the page is not mapped")

    def check_fault(self, line, refused, slot, page):
        fault = line.get("fault")
        if not fault:
            self.blame("EFAULT without KVM_EXIT_MEMORY_FAULT")
            return
        gpa = fault["gpa"] & -PAGE
        good = CODE_GPA <= gpa < CODE_GPA + CODE_SIZE \
            if refused == CODE_SLOT else gpa == gpa_of(slot, page)
        if not good or not fault["bytes"]:
            self.blame(f"the fault is at {fault}")

    def check_counts(self, number, slot, must, may):
        grew = False
        for which in (slot, CODE_SLOT):
            line = self.next(number, "s2-slot")
            if line["denied"] != self.denied[number, which]:
                self.blame(f"slot {which}: {line['denied']} denied, not "
                           f"{self.denied[number, which]}")
                self.denied[number, which] = line["denied"]
            grew |= line["would_deny"] > self.would[number, which]
            if line["would_deny"] < self.would[number, which]:
                self.blame(f"slot {which}: would_deny shrank")
            self.would[number, which] = line["would_deny"]
            self.check_masks(number, which, line)
        if must and not grew:
            self.blame("what audit would refuse was not counted")
        if grew and not may:
            self.blame("counted what audit would not refuse")

    def check_masks(self, number, slot, line):
        vm = self.world.vms[number]
        if words.CLASS[line["class"]] != vm.slots[slot].kind:
            return
        for name, mode in (("enforced", ENFORCE), ("audited", AUDIT)):
            want = self.world.mask(vm, slot, mode) & ~model.LOCKED
            got = line[name] & ~model.LOCKED
            if got != want:
                self.blame(f"slot {slot}: {name} {got:#x}, not {want:#x}")

    def affected(self, number, place):
        """Slots whose entries may go: a page table knows no classes."""
        return [place[1]] if place[0] == "slot" else \
            list(self.world.vms[number].slots)

    def do_set(self, number, owner, place, mask, mode, generation):
        if owner == VMM:
            line = self.next(number, "policy-set")
        else:
            line = self.next("a")
        errno = line.get("errno", 0)
        must, may = self.world.refusals(number, place, owner, mask, mode,
                                        generation)
        self.seen[f"set {errno}"] += 1
        changes = False
        if must and errno not in must | may:
            self.blame(f"errno {errno}, not one of {must}")
        elif not must and errno and errno not in may:
            self.blame(f"errno {errno}: {line.get('text')}")
        if errno and owner == ADMIN and not line["text"]:
            self.blame("refused without a word")
        if not errno:
            changes = self.set_it(number, owner, place, mask, mode)
            self.check_generation(number, owner, line)
        for n in VMS if number is None else [number]:
            self.look(n, self.affected(n, place) if changes else ())

    def set_it(self, number, owner, place, mask, mode):
        """Whether entries may go."""
        if number is None:
            old = self.world.host.get(place[1], model.Policy())
        else:
            old = self.world.vms[number].at(owner, place)
        self.world.set(number, place, owner, mask, mode)
        return ENFORCE in (old.mode, mode)

    def check_generation(self, number, owner, line):
        at = self.world if number is None else self.world.vms[number]
        reply = line if owner == VMM else (line["list"] or [{}])[0]
        got = reply.get("generation", 0)
        if got < at.generation:
            self.blame(f"generation {got} after {at.generation}")
        at.generation = got

    def do_try(self, number, owner, place, mask, mode):
        line = self.next(number, "policy-try") if owner == VMM else \
            self.next("a")
        errno = line.get("errno", 0)
        must, may = self.world.refusals(number, place, owner, mask, mode, 0)
        self.seen[f"try {errno}"] += 1
        if must and errno not in must | may or \
                not must and errno and errno not in may:
            self.blame(f"a dry run's errno {errno}, not of {must or may}")
        if not errno:
            found = line["extents"] if owner == VMM else line["list"]
            for n in VMS if number is None else [number]:
                self.check_try(n, (number, owner, place, mask, mode), [
                    e for e in found if e.get("vm-id", n) == n])
        for n in VMS if number is None else [number]:
            self.look(n)

    def check_try(self, number, policy, extents):
        """What would change must be what a model with the policy says."""
        scope, owner, place, mask, mode = policy
        slots = self.world.vms[number].slots
        before = {s: self.both(number, s) for s in slots}
        at = self.world.host if scope is None else \
            self.world.vms[scope].places
        key = place[1] if scope is None else (owner, place)
        old = at.get(key)
        at[key] = model.Policy(mask, mode)
        after = {s: self.both(number, s) for s in slots}
        if old is None:
            del at[key]
        else:
            at[key] = old
        named = set()
        for e in extents:
            slot = self.slot_at(number, e["gpa"])
            named |= set(range(e["gpa"], e["gpa"] + e["bytes"], PAGE))
            # what is executable is asked for fetches as well
            right = after[slot][:1 + ("x" in words.perm(e["perm"]))]
            if not any(self.is_answer(e, *one) for one in right):
                self.blame(f"dry run, VM {number}: {e}, not one of {right}")
        silent = []
        for gpa, (_, perm) in self.mapped[number].items():
            slot = self.slot_at(number, gpa)
            if gpa not in named and self.differs(
                    before[slot], after[slot], "x" in perm):
                silent.append(gpa)
        if silent:
            self.blame(f"dry run, VM {number}: {silent[0]:#x} and "
                       f"{len(silent) - 1} more are not named")
        extra = {gpa for gpa in named if gpa not in self.mapped[number]}
        if extra:
            self.blame(f"dry run, VM {number}: {min(extra):#x} is not mapped")

    def both(self, number, slot):
        """What data accesses come to, and what fetches do."""
        return [self.world.look(number, slot, fetch) for fetch in (False, True)]

    @staticmethod
    def differs(before, after, executable):
        """By the worse of the two, where instructions may be fetched."""
        def worst(both):
            return max(words.VERDICT.index(one[1])
                       for one in both[:1 + executable])
        return worst(before) != worst(after) or \
            before[0][0].type != after[0][0].type

    @staticmethod
    def is_answer(e, answer, verdict, reasons):
        """Whether an extent says what the model does."""
        return words.VERDICT[e["verdict"]] == verdict and \
            words.REASON[e["reason"]] in reasons and \
            (verdict == "deny" or words.TYPE[e["predicted"]] == answer.type)

    def do_remake(self, number, slot):
        self.next(number, "delete")
        line = self.next(number, "make")
        if "errno" in line:
            self.blame(f"the slot cannot be made again: {line}")
        self.world.new_slot(number, slot)
        self.denied[number, slot] = self.would[number, slot] = 0
        self.look(number, [slot])

    def do_flags(self, number, slot):
        line = self.next(number, "flags")
        if "errno" in line:
            self.blame(f"flags as they are: {line}")
        self.look(number)
