# SPDX-License-Identifier: GPL-2.0-only
"""What two reporters say of the same VM, brought to one form."""

import words

PAGE = 4096

# How attributes of the specification are called in s2ctl's JSON, where it is
# not just "-" for "_".
RENAMED = {"tgid": "pid", "slots": "slot_count", "slot-flags": "flags"}

ENUMS = {"class": words.CLASS, "vma-type": words.TYPE,
         "predicted": words.TYPE, "mapped": words.TYPE,
         "verdict": words.VERDICT, "reason": words.REASON}


def to_json(attrs):
    """An object of the second client in the words of s2ctl's JSON."""
    out = {}
    for name, value in attrs.items():
        key = RENAMED.get(name, name.replace("-", "_"))
        if name in ENUMS:
            value = words.known(ENUMS[name], value)
        elif name == "facts":
            value = words.mask(words.FACT, value)
        elif name == "slot-flags":
            value = words.mask(words.SLOT_FLAG, value)
        elif name in ("enforced", "audited"):
            value = words.mask(words.CONSTRAINT, value)
        elif name == "perm":
            value = words.perm(value)
        elif name == "alive":
            value = bool(value)
        if name != "vm-id":
            out[key] = value
    return out


def differences(want, got, where):
    """One line for each key of want that got has otherwise."""
    return [f"{where}: {key}: {got.get(key)!r}, not {value!r}"
            for key, value in want.items() if got.get(key) != value]


def lists_differ(want, got, where):
    if len(want) != len(got):
        return [f"{where}: {len(got)} objects, not {len(want)}"]
    out = []
    for i, (a, b) in enumerate(zip(want, got)):
        out += differences(a, b, f"{where} {i}")
    return out


def same_vms(client, document, lists=("slots", "extents")):
    """Where the second client's dump and s2ctl's document differ."""
    vms = {vm["id"]: vm for vm in document["vms"]}
    out = []
    if sorted(vms) != sorted(vm["id"] for vm in client["vms"]):
        out.append(f"VMs {sorted(vms)}")
    for vm in client["vms"]:
        number = vm["id"]
        if number not in vms:
            continue
        out += differences(to_json(vm), vms[number], f"VM {number}")
        for what in lists:
            want = [to_json(o) for o in client[f"{what}-{number}"]]
            out += lists_differ(want, vms[number][what] or [],
                                f"VM {number} {what}")
    return out


def from_ioctl(answer):
    """An object of the VMM's ioctls as the second client would have it."""
    out = {key.replace("_", "-"): value for key, value in answer.items()}
    if out.get("slot") == 0xffffffff:
        del out["slot"]
    if out.get("hpa") == 0xffffffffffffffff:
        del out["hpa"]
    if out.get("memattr") == 0xffffffff:
        del out["memattr"]
    return out


def covers(extents, slots):
    """Extents must cover the slots exactly and in order."""
    out, end = [], 0
    total = {slot["slot"]: 0 for slot in slots}
    for e in extents:
        if e["gpa"] < end:
            out.append(f"{e['gpa']:#x} is out of order")
        end = e["gpa"] + e["bytes"]
        if e["slot"] is None:
            continue
        total[e["slot"]] += e["bytes"]
    for slot in slots:
        if total[slot["slot"]] != slot["bytes"]:
            out.append(f"slot {slot['slot']}: {total[slot['slot']]} bytes in "
                       f"extents, {slot['bytes']} in the slot")
        for e in extents:
            if e["slot"] == slot["slot"] and not (
                    slot["gpa"] <= e["gpa"] and
                    e["gpa"] + e["bytes"] <= slot["gpa"] + slot["bytes"]):
                out.append(f"{e['gpa']:#x} is outside of its slot")
    return out


def sums(extents, slots):
    """The bytes of each type must be those that the slots say."""
    out = []
    for slot in slots:
        mine = [e for e in extents if e["slot"] == slot["slot"]]
        for kind in ("wb", "nc", "device"):
            want = sum(e["bytes"] for e in mine if e["mapped"] == kind)
            if slot[f"{kind}_bytes"] != want:
                out.append(f"slot {slot['slot']}: {kind}_bytes "
                           f"{slot[f'{kind}_bytes']}, extents say {want}")
        want = sum(e["bytes"] for e in mine if "x" in (e["perm"] or ""))
        if slot["exec_bytes"] != want:
            out.append(f"slot {slot['slot']}: exec_bytes "
                       f"{slot['exec_bytes']}, extents say {want}")
    return out


def pages(extents):
    """gpa -> (type, permissions) of each page that is mapped."""
    out = {}
    for e in extents:
        if e["mapped"] == "unmapped":
            continue
        for gpa in range(e["gpa"], e["gpa"] + e["bytes"], PAGE):
            out[gpa] = (e["mapped"], e["perm"])
    return out
