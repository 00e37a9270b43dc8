# SPDX-License-Identifier: GPL-2.0-only
"""The steps of tests/lab/policy-tool: who does what, and what comes of it.

Who is a VM (1 to 3), the second netlink client (a) or the administrator's shell
(s), where $site has the site policies below and $s2 the host's in sysfs.
"""

import re

from steps import Is, Kept

GPA, BAR, SIZE = 0x10000000, 0x20000000, 0x10000
UUID = "6BA7B810-9dad-11d1-80b4-00c04fd430c8"
EPERM, ENOENT, EBUSY = 1, 2, 16
QUESTION = "[y/N]"

RAN = {"result": "ok"}
FINE = {"errno": 0, "text": ""}
NOTHING = {"status": 0, "out": "No policies.\n"}
DONE = {"status": 0, "err": ""}


def has(*texts):
    return re.compile("".join(f"(?=.*{re.escape(text)})" for text in texts),
                      re.S)


def lacks(text):
    return lambda have: text not in have


def both(*asked):
    def check(have):
        return all(a.search(have) if isinstance(a, re.Pattern) else a(have)
                   for a in asked)
    return check


def fault_at(gpa):
    """KVM_RUN failed, and KVM_EXIT_MEMORY_FAULT says where."""
    return {"result": "errno", "errno": "EFAULT",
            "fault": lambda f: f["gpa"] & ~0xfff == gpa}


# ------------------------------------------------------------- site policies

def rule(ident, constraints, mode, kinds="", device="", **vm):
    match = {"class": kinds.split(), "device": device.split(), "vm": vm}
    match = {key: value for key, value in match.items() if value}
    return {"id": ident, "match": match, "constraints": constraints.split(),
            "mode": mode}


FLOOR_HOST = rule("floor-host", "floor=device", "enforce", "io-nc")
MATCH_WEB = rule("match-web", "match-vma", "enforce", "io-nc", name="web-1")
MATCH_DB = rule("match-db", "match-vma", "enforce", "io-nc", name="db")

SITES = {
    "empty": [],
    "deny": [
        rule("floor", "floor=nc floor=device", "enforce", "ram", name="web-*"),
        rule("exec", "noexec", "audit", "ram", comm="db"),
    ],
    "middle": [
        rule("one", "floor=device", "audit", "io", name="web-1"),
        rule("two", "floor=device", "enforce", "ram", name="web-2"),
        rule("three", "match-vma", "enforce", "ram", name="db"),
    ],
    "locks": [
        rule("one", "noexec locked", "audit", "", "1af4:1110"),
        rule("two", "floor=device", "enforce", "ram", name="web-2"),
        rule("three", "match-vma", "enforce", "ram", name="db"),
    ],
    "who": [
        rule("by-uid", "noexec", "audit", "gmem", uid=1000),
        rule("by-cgroup", "noexec", "audit", "pfnmap-wb", cgroup="/tenants/*"),
        rule("by-glob", "noexec", "audit", "ram-nc", name="web-?"),
        rule("by-uuid", "noexec", "audit", "io", uuid=UUID),
        rule("by-comm", "noexec", "audit", "hole", comm="db"),
        rule("part-of-it", "noexec", "audit", "zone-device", name="web"),
        rule("not-both", "noexec", "audit", "zone-device", name="web-1",
             uid=1000),
    ],
    # What a VMM chooses of its name makes the two differ.
    "contrary": [
        rule("all", "noexec", "audit", "io", name="web-*"),
        rule("one", "floor=nc", "enforce", "io", name="web-1"),
    ],
    "device": [rule("bars", "floor=device", "enforce", "", "1af4:1110")],
    "vendor": [rule("bars", "floor=device", "enforce", "", "1AF4:*")],
    "other": [rule("bars", "floor=device", "enforce", "", "10ee:* 1af4:1111")],
    "partly": [
        rule("bars", "floor=device", "enforce", "", "1af4:1110"),
        rule("by-uid", "noexec", "audit", "gmem", uid=1000),
    ],
    "floor": [FLOOR_HOST],
    "match-db": [MATCH_DB],
    "match-web": [MATCH_WEB],
    "clash": [FLOOR_HOST, MATCH_DB],
    "fits": [FLOOR_HOST, MATCH_WEB],
    "fwb": [rule("fwb", "require-fwb", "enforce", "ram")],
}


# ---------------------------------------------------------- parts of documents

def plan(doc):
    return [(c["action"], c["vm"], c["slot"], c["class"],
             ",".join(c["constraints"]), c["mode"], c["rules"],
             c["denied_bytes"], c["would_deny_bytes"]) for c in doc["plan"]]


def kept_plan(doc):
    return doc["plan"], [(vm["id"], vm["extents"]) for vm in doc["vms"]]


def denied(doc):
    return [(vm["id"], e["slot"], e["gpa"], e["bytes"], e["verdict"],
             e["reason"]) for vm in doc["vms"] for e in vm["extents"]]


def policies(doc, owner="admin"):
    every = [(None, p) for p in doc["policies"]] + \
        [(vm["id"], p) for vm in doc["vms"] for p in vm["policies"]]
    return [(vm, p["slot"], p["class"], ",".join(p["constraints"]), p["mode"])
            for vm, p in every if p["owner"] == owner]


def generations(doc):
    return [(vm["id"], p["generation"]) for vm in [{"id": None} | doc] +
            doc["vms"] for p in vm["policies"]]


def counts(vm, kind):
    def denied_and_would(doc):
        return next((p["denied"], p["would_deny"]) for v in doc["vms"]
                    for p in v["policies"]
                    if (v["id"], p["class"]) == (vm, kind))
    return denied_and_would


def applied(doc):
    return doc["applied"]


def problems(doc):
    return sorted({p["code"] for p in doc["problems"]})


# ---------------------------------------------------------------------- steps

def shell(what, *wants, **want):
    return ("s", what, *(wants or (want,)))


def get(*want):
    return shell("s2ctl -j policy get", status=0,
                 json=Is(policies, list(want)))


def same(kept):
    return shell("s2ctl -j policy get", status=0, json=kept)


def touch(vm, what="write", gpa=GPA):
    """All pages of a slot, so that they are in use."""
    return (vm, f"--guest {what}@{gpa:#x}:64K", RAN)


def clear(*more):
    return [shell("s2ctl policy apply --prune --force $site/empty", status=0),
            get(), *more]


def refused(args, request, errno, text):
    """By s2ctl in the kernel's words, which the second client hears as well."""
    return [
        shell(f"s2ctl policy set {args}", status=1, out="", err=re.compile(
            rf"^s2ctl: policy-(check|set): {re.escape(text)}( \(.*\))?\n$")),
        ("a", f"policy-set {request}", {"errno": errno, "text": text}),
    ]


def no_privilege(who, text, command):
    """Status 3, and why; nothing is said of what is there."""
    return shell(f"{who} s2ctl {command}", status=3, err=has("s2ctl: ", text))


USER = "setpriv --reuid=tester --regid=tester --clear-groups"
NO_ADMIN = "setpriv --bounding-set=-sys_admin"
ENFORCE_FLOOR = "s2ctl policy set --vm=1 --class=ram --mode=enforce"
SET = re.compile(r"^Set: generation \d+\.\n$")

SETTING = [
    ("what is got is what was set: host, VM and slot", [
        shell("s2ctl policy get", NOTHING),
        shell("s2ctl policy set --class=ram --mode=audit noexec", status=0,
              out=SET, err=""),
        shell("s2ctl policy set --vm=web-1 --class=io-nc --mode=enforce "
              "floor=device,require-fwb", status=0, out=SET, err=""),
        shell("s2ctl policy set --vm=1 --slot=1 --mode=audit noexec,match-vma",
              status=0, out=SET, err=""),
        get((None, None, "ram", "noexec", "audit"),
            (1, None, "io-nc", "require-fwb,floor=device", "enforce"),
            (1, 1, None, "noexec,match-vma", "audit")),
        shell("s2ctl policy get -n -r -o VM,SCOPE,SLOT,CLASS,OWNER,CONSTRAINTS,"
              "MODE 1", status=0, err="", out="- host - ram admin noexec audit\n"
              "1 vm - ram - none none\n"
              "1 vm - io-nc admin require-fwb,floor=device enforce\n"
              "1 slot 1 - admin noexec,match-vma audit\n"),
        shell("cat $s2/policy_ram $s2/policy_io_nc",
              out="audit noexec\nnone\n"),
        ("a", "policy-get vm=1", {"errno": 0, "list": lambda o: {
            (e.get("slot"), e.get("class"), e["constraints"], e["mode"])
            for e in o if e.get("owner") == 1} ==
            {(None, 6, 5, 2), (1, None, 24, 1)}}),
        shell("s2ctl policy set --class=ram none", status=0, out=SET),
        shell("s2ctl policy set --vm=1 --class=io-nc none", status=0, out=SET),
        shell("s2ctl policy set --vm=1 --slot=1 none", status=0, out=SET),
        shell("s2ctl policy get", NOTHING),
    ]),
    ("what is refused is refused in the kernel's words", [
        shell("s2ctl policy set --vm=2 --slot=0 --mode=audit noexec,locked",
              status=0),
        *refused("--vm=2 --slot=0 none",
                 "vm=2 slot=0 constraints=0 mode=0", EPERM,
                 "the policy is locked"),
        *refused("--vm=2 --slot=0 --mode=enforce noexec",
                 "vm=2 slot=0 constraints=8 mode=2", EPERM,
                 "the policy is locked"),
        *refused("--vm=2 --slot=77 --mode=enforce noexec",
                 "vm=2 slot=77 constraints=8 mode=2", ENOENT,
                 "the VM has no such slot"),
        (3, "--policy ram:floor=nc+force:enforce", {"mode": 2}),
        *refused("--vm=db --class=ram --mode=enforce match-vma",
                 "vm=3 class=1 constraints=16 mode=2", EBUSY,
                 "match-vma conflicts with force of vmm for VM 3"),
        *refused("--vm=db --slot=0 --mode=enforce match-vma",
                 "vm=3 slot=0 constraints=16 mode=2", EBUSY,
                 "match-vma conflicts with force of vmm for VM 3"),
        *refused("--class=ram --mode=enforce floor=device",
                 "class=1 constraints=4 mode=2", EBUSY,
                 "floor=device conflicts with force of vmm for VM 3"),
        (3, "--policy ram:none:none", {"mode": 0}),
        (2, "--delete 0 --make 0", {"slot": 0}),
        shell("s2ctl policy set --vm=99 --class=ram --mode=audit noexec",
              status=64, err="s2ctl: no such VM: '99'\n", out=""),
        shell("s2ctl policy get", NOTHING),
    ]),
    ("who may not is told so, with status 3", [
        *(no_privilege(USER, "run as root in the initial user and network "
                       "namespace", command) for command in (
              "policy set --class=ram --mode=audit noexec", "monitor",
              "policy apply $site/fwb")),
        no_privilege(NO_ADMIN, "CAP_SYS_ADMIN is needed",
                     "policy set --class=ram --mode=audit noexec"),
        no_privilege(NO_ADMIN, "CAP_SYS_ADMIN is needed",
                     "policy apply $site/fwb"),
        shell(f"{USER} s2ctl policy get", status=3),
        shell(f"{USER} s2ctl policy check $site/fwb", status=3),
        shell("s2ctl policy get", NOTHING),
    ]),
]

DENY_PLAN = [
    ("set", 1, None, "ram", "floor=device", "enforce", "floor", SIZE, 0),
    ("set", 2, None, "ram", "floor=device", "enforce", "floor", SIZE, 0),
    ("set", 3, None, "ram", "noexec", "audit", "exec", 0, SIZE),
]
DENY_EXTENTS = [
    (1, 0, GPA, SIZE, "deny", "floor"), (2, 0, GPA, SIZE, "deny", "floor"),
    (3, 0, GPA, SIZE, "would-deny", "noexec"),
]
DENY_SET = ((1, None, "ram", "floor=device", "enforce"),
            (2, None, "ram", "floor=device", "enforce"),
            (3, None, "ram", "noexec", "audit"))
DENY_KEPT, DENY_GENERATIONS = Kept(kept_plan), Kept(generations)


def check_site(fwb):
    """With FWB, or a CPU without."""
    return [
        ("check says what would be denied", [
            touch(1), touch(2), touch(3, "exec"),
            touch(1, "read", BAR), touch(3, "read", BAR),
            shell("s2ctl policy check --offline $site/deny", status=0,
                  out="2 rules, nothing wrong with them.\n"),
            shell("s2ctl -j policy check $site/deny", status=2, err="",
                  json=Is(plan, DENY_PLAN)),
            shell("s2ctl -j policy check $site/deny", json=DENY_KEPT),
            shell("s2ctl -j policy check $site/deny",
                  json=Is(denied, DENY_EXTENTS)),
            # the rules say nothing of severity: it is medium
            shell("s2ctl policy check --fail-on=medium $site/deny", status=2),
            shell("s2ctl policy check --fail-on=high $site/deny", status=0),
            shell("s2ctl policy check $site/deny", status=2, out=has(
                "128K in use would be denied.",
                "64K in use would be counted as denied.")),
        ]),
        ("check says the same of a snapshot", [
            shell("s2ctl snapshot > /tmp/snap.json", status=0),
            shell("s2ctl -j --from /tmp/snap.json policy check $site/deny",
                  status=2, json=DENY_KEPT),
        ]),
        ("FEAT_S2FWB is required of those that have it not", [
            shell("s2ctl -j policy check $site/fwb", status=0 if fwb else 2,
                  json=Is(denied, [] if fwb else [
                      (vm, 0, GPA, SIZE, "deny", "require-fwb")
                      for vm in (1, 2, 3)])),
            shell("s2ctl -j --from /tmp/snap.json policy check $site/fwb",
                  status=0 if fwb else 2),
            shell("s2ctl policy set --class=ram --mode=enforce require-fwb",
                  status=0 if fwb else 2),
            shell("cat $s2/policy_ram", out="enforce require-fwb\n" if fwb
                  else "none\n"),
            shell("s2ctl policy set --class=ram none", status=0),
        ]),
        ("a mistake in a file: status 1, with file and line", [
            shell("printf '{ \"format_version\": 1,\\n\"rules\": [ {} ] }' "
                  "> /tmp/bad.json; s2ctl policy check /tmp/bad.json",
                  status=1, out="", err=re.compile(
                      r"^s2ctl: /tmp/bad\.json:2: rules\[0\]: .*\n$")),
            shell("s2ctl policy apply --force /tmp/bad.json", status=1),
        ]),
    ]


APPLYING = [
    ("apply with --dry-run shows it and sets nothing", [
        touch(1), touch(2), touch(3, "exec"),
        shell("s2ctl -j policy apply --dry-run $site/deny", status=2,
              json=Is(plan, DENY_PLAN)),
        shell("s2ctl policy apply --dry-run $site/deny", status=2,
              out=has("128K in use would be denied.")),
        shell("s2ctl policy apply --dry-run --force $site/deny", status=2),
        get(),
    ]),
    ("apply refuses where a running VM would be denied, and sets nothing", [
        shell("s2ctl policy apply $site/deny", status=2,
              out=has("128K in use would be denied."),
              err=has("nothing was set", "--force")),
        shell("s2ctl -j policy apply $site/deny", status=2,
              json=Is(plan, DENY_PLAN)),
        shell("s2ctl -j policy apply $site/deny", json=Is(applied, False)),
        get(),
        touch(1), touch(2),
    ]),
    ("apply cannot be heard: nothing is set", [
        shell("s2ctl policy apply --force $site/deny > /dev/full", status=1,
              err=has("nothing was set")),
        shell("s2ctl -j policy apply --force $site/deny > /dev/full", status=1,
              err=has("nothing was set")),
        get(),
    ]),
    ("apply with --force sets it, and the next access is denied", [
        touch(1), touch(2), touch(3, "exec"),
        shell("s2ctl policy apply --force $site/deny", status=0, err="",
              out=has("128K in use would be denied.", "Done.")),
        get(*DENY_SET),
        (1, f"--guest read@{GPA:#x}", fault_at(GPA)),
        (2, f"--guest write@{GPA + 0x3000:#x}", fault_at(GPA + 0x3000)),
        (3, f"--discard 0 --guest exec@{GPA:#x}:64K", RAN),
        shell("s2ctl -j policy get", json=Is(counts(1, "ram"), (1, 0))),
        shell("s2ctl -j policy get", json=Is(counts(2, "ram"), (1, 0))),
        shell("s2ctl -j policy get", json=Is(counts(3, "ram"), (0, 16))),
    ]),
    ("apply a second time changes nothing", [
        same(DENY_GENERATIONS),
        shell("s2ctl policy apply $site/deny", status=0, err="",
              out=has("Nothing to change.", "0 to set", "3 set already")),
        shell("s2ctl -j policy apply $site/deny", status=0, json=Is(plan, [
            ("keep", *row[1:7], 0, 0) for row in DENY_PLAN])),
        shell("s2ctl -j policy apply $site/deny", json=Is(applied, True)),
        same(DENY_GENERATIONS),
    ]),
    ("apply leaves alone what nobody asks for; with --prune it goes", [
        shell("s2ctl policy set --class=io --mode=audit noexec", status=0),
        shell("s2ctl policy apply $site/deny", status=0,
              out=has("Nothing to change.")),
        get((None, None, "io", "noexec", "audit"), *DENY_SET),
        shell("s2ctl policy apply --prune $site/deny", status=0,
              out=has("1 to clear", "Done.")),
        get(*DENY_SET),
        shell("s2ctl policy apply --prune $site/empty",
              status=lambda status: status != 0),
        get(*DENY_SET),
        *clear(touch(1), touch(2)),
    ]),
]

# While the question is being answered, the VMM of VM 3 has its memory forced.
FORCED = ("onpty -w '[y/N]' -r \"echo '--policy ram:floor=nc+force:enforce' "
          "> /tmp/3.in; read -r x < /tmp/3.done\" -t y -- "
          "s2ctl policy apply ")


def all_or_nothing(site, place):
    kept = Kept(policies)
    return [
        touch(1), touch(2), touch(3),
        touch(1, "read", BAR), touch(3, "read", BAR),
        shell(f"s2ctl policy set --vm=1 {place} --mode=audit noexec",
              status=0),
        same(kept),
        shell(FORCED + f"$site/{site}", status=1, out=has(
            QUESTION, "VM 3, class ram",
            "match-vma conflicts with force of vmm for VM 3",
            "taken back")),
        ("3!", "--policy ram:floor=nc+force:enforce", {"mode": 2}),
        same(kept),
        touch(2),
        (3, "--policy ram:none:none", {"mode": 0}),
        *clear(),
    ]


REFUSED_MIDWAY = [
    ("the kernel refuses a change: those before are taken back",
     all_or_nothing("middle", "--class=io")),
    ("so is what would be locked",
     all_or_nothing("locks", "--slot=1") +
     [(1, "--delete 1 --make 1", {"slot": 1})]),
]

WHO_SET = [
    (1, None, "ram-nc", "noexec", "audit"), (1, None, "io", "noexec", "audit"),
    (2, None, "ram-nc", "noexec", "audit"),
    (2, None, "gmem", "noexec", "audit"),
    (3, None, "pfnmap-wb", "noexec", "audit"),
    (3, None, "hole", "noexec", "audit"),
]
WHO_RULES = ["by-glob", "by-uuid", "by-glob", "by-uid", "by-cgroup", "by-comm"]

MATCHING = [
    ("VMs by user, control group, name, UUID and command", [
        shell("s2ctl -j policy check $site/who", status=0, json=Is(plan, [
            ("set", *place, name, 0, 0)
            for place, name in zip(WHO_SET, WHO_RULES)])),
        shell("s2ctl snapshot > /tmp/who.json; "
              "s2ctl -j --from /tmp/who.json policy check $site/who",
              status=0, json=Is(plan, [
                  ("set", *place, name, 0, 0)
                  for place, name in zip(WHO_SET, WHO_RULES)])),
        shell("s2ctl policy apply $site/who", status=0, out=has("Done.")),
        get(*WHO_SET),
        *clear(),
    ]),
    ("rules that contradict each other for a VM: the stronger, with status 3", [
        shell("s2ctl -j policy check $site/contrary", status=3,
              json=Is(problems, ["contradiction"])),
        shell("s2ctl -j policy check $site/contrary", json=Is(plan, [
            ("set", 1, None, "io", "floor=nc,noexec", "enforce", "all,one",
             0, 0),
            ("set", 2, None, "io", "noexec", "audit", "all", 0, 0)])),
    ]),
    ("PCI devices, whose BAR is not known until the guest has used it", [
        (1, "--delete 1 --make 1", {"slot": 1}),
        touch(3, "read", BAR),
        shell("s2ctl -j policy check $site/device", status=3,
              json=Is(problems, ["facts-missing"])),
        shell("s2ctl policy apply $site/device", status=3,
              err=has("nothing was set")),
        shell("s2ctl policy apply $site/partly", status=3,
              err=has("nothing was set")),
        get(),
        shell("s2ctl policy apply --partial $site/partly", status=3),
        get((2, None, "gmem", "noexec", "audit")),
        *clear(),
        touch(1, "read", BAR),
        (1, f"--guest misread@{BAR:#x}", RAN),
        shell("s2ctl -j policy check $site/other", status=0,
              json=Is(plan, [])),
        shell("s2ctl -j policy check $site/vendor", status=0, json=Is(plan, [
            ("set", 1, 1, None, "floor=device", "enforce", "bars", 0, 0)])),
        shell("s2ctl policy apply $site/device", status=0, out=has("Done.")),
        get((1, 1, None, "floor=device", "enforce")),
        (1, f"--guest read@{BAR:#x} --guest misread@{BAR:#x}", RAN,
         {"result": "errno", "errno": "EFAULT"}),
        touch(1, "read", BAR),
        shell("s2ctl policy apply $site/device", status=0,
              out=has("Nothing to change.")),
        *clear(),
    ]),
]

CLASH = [(3, 1, BAR, SIZE, "deny", "match-vma")]


def checks(site, status, extents):
    """Of the host, and of a snapshot of it."""
    return [
        shell(f"s2ctl -j policy check $site/{site}", status=status,
              json=Is(denied, extents)),
        shell(f"s2ctl -j --from /tmp/now.json policy check $site/{site}",
              status=status, json=Is(denied, extents)),
    ]


UNITED = [
    ("rules that deny nothing alone, and memory together", [
        touch(1, "read", BAR), touch(3, "read", BAR),
        shell("s2ctl snapshot > /tmp/now.json", status=0),
        *checks("floor", 0, []), *checks("match-db", 0, []),
        *checks("clash", 2, CLASH),
        shell("s2ctl policy apply $site/clash", status=2,
              err=has("nothing was set")),
        get(),
    ]),
    ("rules that deny memory alone, and nothing together", [
        touch(1, "read", BAR), touch(3, "read", BAR),
        shell("s2ctl snapshot > /tmp/now.json", status=0),
        *checks("match-web", 2, [(1, 1, BAR, SIZE, "deny", "match-vma")]),
        *checks("fits", 0, []),
        shell("s2ctl policy apply $site/fits", status=0, out=has("Done.")),
        touch(1, "read", BAR), touch(3, "read", BAR),
    ]),
    ("a rule with what is set already", [
        shell("s2ctl snapshot > /tmp/now.json", status=0),
        *checks("match-db", 2, CLASH),
        shell("s2ctl policy set --vm=db --class=io-nc --mode=enforce "
              "match-vma", status=2, err=has("64K")),
    ]),
    ("what is taken back can deny memory as well", [
        shell("s2ctl policy set --class=io-nc none", status=2,
              err=has("64K")),
        shell("cat $s2/policy_io_nc", out="enforce floor=device\n"),
        shell("s2ctl policy apply --prune $site/match-web", status=2,
              err=has("nothing was set")),
        shell("cat $s2/policy_io_nc", out="enforce floor=device\n"),
        touch(1, "read", BAR),
        shell("s2ctl policy apply --prune --force $site/match-web", status=0,
              out=has("Done.")),
        (1, f"--guest read@{BAR:#x}", fault_at(BAR)),
        *clear(touch(1, "read", BAR)),
    ]),
]


# Those that go on where the one before has ended
GO_ON = (
    "apply a second time changes nothing",
    "apply leaves alone what nobody asks for; with --prune it goes",
    "a rule with what is set already",
    "what is taken back can deny memory as well",
)


def asked(keys, status, command):
    return shell(f"onpty -w '[y/N]' -t '{keys}' -- {command}", status=status,
                 out=has(QUESTION))


def not_asked(command, status=0):
    return shell(f"onpty -w '[y/N]' -t n -- {command}", status=status,
                 out=lacks(QUESTION))


TERMINAL = [
    ("a terminal is asked only where something in use would be denied", [
        touch(1), touch(2), touch(3),
        not_asked("s2ctl policy set --vm=1 --class=gmem --mode=enforce noexec"),
        not_asked("s2ctl policy set --vm=1 --class=ram --mode=audit "
                  "floor=device"),
        not_asked(f"{ENFORCE_FLOOR} match-vma"),
        touch(1),
        not_asked(f"{ENFORCE_FLOOR} --dry-run floor=device", 2),
        not_asked("s2ctl policy check $site/deny", 2),
        not_asked("s2ctl policy apply --dry-run $site/deny", 2),
        not_asked("s2ctl policy apply $site/who"),
        *clear(),
    ]),
    ("set: y does it, anything else does not", [
        touch(1),
        *(asked(keys, 2, f"{ENFORCE_FLOOR} floor=device")
          for keys in ("n", "", "^D", "maybe", "Y es")),
        get(),
        touch(1),
        asked("y", 0, f"{ENFORCE_FLOOR} floor=device"),
        get((1, None, "ram", "floor=device", "enforce")),
        (1, f"--guest read@{GPA:#x}", fault_at(GPA)),
        *clear(touch(1)),
        not_asked(f"{ENFORCE_FLOOR} --force floor=device"),
        *clear(touch(1)),
    ]),
    ("apply: y does it, anything else does not", [
        touch(1), touch(2),
        *(asked(keys, 2, "s2ctl policy apply $site/deny")
          for keys in ("n", "^D")),
        get(),
        asked("yes", 0, "s2ctl policy apply $site/deny"),
        get(*DENY_SET),
        (1, f"--guest read@{GPA:#x}", fault_at(GPA)),
        *clear(touch(1), touch(2)),
        not_asked("s2ctl policy apply --force $site/deny"),
        *clear(touch(1), touch(2)),
    ]),
    ("^C at the question: nothing is set", [
        asked("^C", 130, f"{ENFORCE_FLOOR} floor=device"),
        asked("^C", 130, "s2ctl policy apply $site/deny"),
        get(),
    ]),
]

# What the monitor says first: see MONITOR
STATE = [(None, None, "ram-nc", "noexec", "audit"),
         (2, 0, None, "noexec", "audit")]
BRIEF = ("vmm --name brief --code file=/mnt/dax/file,off=384K --slot "
         f"anon,size=64K,gpa={GPA:#x} --policy 0:floor=device:enforce "
         f"--guest read@{GPA:#x} --again=times=99")
BRIEF_ID = 4
MANY = 3000


def events(lines, *kinds):
    return [line for line in lines if line["event"] in kinds]


def state(lines):
    """What the administrator had set, when that was told last."""
    out = []
    for line in events(lines, "state", "resync"):
        if line["event"] == "resync":
            out = []
        elif line["owner"] == "admin":
            out.append((line["vm"], line["slot"], line["class"],
                        ",".join(line["constraints"]), line["mode"]))
    return out


def ready(lines):
    """After each time that the state was told: whether it was complete."""
    return [line["complete"] if line["event"] == "ready" else line["event"]
            for line in events(lines, "ready", "resync")]


def vms(lines):
    return sorted({line["vm"] or 0 for line in lines
                   if line["event"] not in ("ready", "resync")})


def of_brief(lines):
    """Its policy, how many of its faults were denied, and that it is gone."""
    mine = [line for line in lines if line["vm"] == BRIEF_ID]
    told = [line["denied"] for line in events(mine, "denied")]
    last = events(mine, "denied")[-1:]
    return ([(e["event"], e["slot"], e["owner"], ",".join(e["constraints"]),
              e["mode"]) for e in events(mine, "policy")],
            told == sorted(set(told)), len(told) < 10, told[-1:],
            [(e["slot"], e["class"], e["reason"], e["gpa"] & ~0xfff)
             for e in last], [e["event"] for e in mine[-1:]])


OF_BRIEF = ([("policy", 0, "vmm", "floor=device", "enforce")], True, True,
            [100], [(0, "ram", "floor", GPA)], ["vm-gone"])


def policy_events(lines):
    return [(e["vm"], e["class"], ",".join(e["constraints"]), e["mode"])
            for e in events(lines, "policy") if e["vm"] != BRIEF_ID]


OF_HOST = [(None, "io", "noexec", "audit"), (None, "io", "", "none")]
OF_TWO = [(2, "io", "match-vma", "audit"), (2, "io", "", "none")]


def told_of_two(times):
    """Both monitors have said so often what VM 2 has for its I/O memory."""
    line = '\'"vm":2,"scope":"vm","slot":null,"class":"io"\''
    return shell(f"until_lines {times} /tmp/all.lines {line} && "
                 f"until_lines {times} /tmp/two.lines {line}", status=0)


def last_policies(lines):
    """The last of all that was told of each class, by state or event."""
    out = {}
    for line in events(lines, "state", "policy", "resync"):
        if line["event"] == "resync":
            out = {}
        elif line["vm"] is None:
            out[line["class"]] = (",".join(line["constraints"]), line["mode"])
    return {kind: what for kind, what in out.items() if what[1] != "none"}


def overrun(name, options, signal, *wants):
    """More is told than it has room for while it is stopped."""
    return [
        shell("echo 16384 > /proc/sys/net/core/rmem_default; "
              f"watch {name} {options}; until_lines 1 /tmp/{name}.lines ready; "
              "echo 212992 > /proc/sys/net/core/rmem_default", status=0),
        shell(f"stop_it {name}; set_often {MANY}; "
              "echo audit floor=nc > $s2/policy_hole; "
              f"kill -CONT $(cat /tmp/{name}.pid); "
              f"until_lines 2 /tmp/{name}.lines ready", status=0),
        shell("echo audit match-vma > $s2/policy_io; "
              f"until_lines 1 /tmp/{name}.lines match-vma", status=0),
        shell(f"kill -{signal} $(cat /tmp/{name}.pid); watched {name}",
              *({"status": 0, "err": re.compile(
                  r"^(s2ctl: events were lost: the state follows anew\n)+$")}
                | want for want in wants)),
        shell("echo none > $s2/policy_io; echo none > $s2/policy_hole",
              status=0),
    ]


MONITOR = [
    ("monitor: the state, then what happens, until SIGINT or SIGTERM", [
        shell("s2ctl policy set --class=ram-nc --mode=audit noexec", status=0),
        shell("s2ctl policy set --vm=2 --slot=0 --mode=audit noexec",
              status=0),
        shell("watch all --json; watch two --json web-2; "
              "bg table onpty -w vm-gone -t ^C -- s2ctl monitor; "
              "until_lines 1 /tmp/all.lines ready && "
              "until_lines 1 /tmp/two.lines ready && "
              "until_lines 1 /tmp/table.out ready", status=0),
        shell("s2ctl policy set --class=io --mode=audit noexec", status=0),
        shell("s2ctl policy set --class=io none", status=0),
        # of what a VMM sets in quick succession only the last is told
        (2, "--policy io:match-vma:audit", {"mode": 1}), told_of_two(1),
        (2, "--policy io:none:none", {"mode": 0}), told_of_two(2),
        shell(BRIEF, status=0),
        shell("until_lines 1 /tmp/all.lines vm-gone", status=0),
        shell("kill -INT $(cat /tmp/all.pid); watched all", status=0, err="",
              lines=Is(state, STATE)),
        shell("watched all", lines=Is(ready, [True])),
        shell("watched all", lines=Is(vms, [0, 1, 2, 3, BRIEF_ID])),
        shell("watched all", lines=Is(policy_events, OF_HOST + OF_TWO)),
        shell("watched all", lines=Is(of_brief, OF_BRIEF)),
        shell("kill -TERM $(cat /tmp/two.pid); watched two", status=0, err="",
              lines=Is(policy_events, OF_HOST + OF_TWO)),
        shell("watched two", lines=Is(state, STATE)),
        shell("watched two", lines=Is(vms, [0, 2])),
        shell("ended table", status=0, out=re.compile(
            r"^EVENT +VM +SCOPE.*\nstate +- +host.*\nready .*\n"
            r"policy .*\ndenied +4 .* 100 .*\nvm-gone +4 .*\n", re.S)),
        *clear(),
    ]),
    ("monitor: events were lost, and it says so and what is", [
        *overrun("lost", "--json", "INT",
                 {"lines": lambda lines: ready(lines)[:2] ==
                  [True, "resync"] and ready(lines)[-1] is True}),
        shell("watched lost", lines=Is(last_policies, {
            "hole": ("floor=nc", "audit"), "io": ("match-vma", "audit")})),
        shell("watched lost", lines=Is(
            lambda lines: len(events(lines, "policy")) < MANY, True)),
    ]),
    ("monitor: so it does for people", overrun(
        "people", "", "TERM", {"out": re.compile(
            r"^EVENT .*\nready .*\nresync .*\nready .*match-vma", re.S)})),
    ("monitor: a terminal that nobody reads does not keep it", [
        shell("bg deaf onpty -u -p /tmp/deaf.pid -- s2ctl monitor; "
              f"wait_for /tmp/deaf.pid; sleep 1; set_often {MANY}; sleep 1; "
              "kill -TERM $(cat /tmp/deaf.pid)", status=0),
        shell("(ended deaf) || { status=$?; kill -KILL $(cat /tmp/deaf.pid); "
              "exit $status; }", status=0),
    ]),
]


def steps(fwb):
    """Each title begins with nothing set, however the one before ended."""
    every = (SETTING + check_site(fwb) + APPLYING + REFUSED_MIDWAY + MATCHING +
             UNITED + TERMINAL + MONITOR)
    return [(title, todo if title in GO_ON else [shell("relent")] + todo)
            for title, todo in every]
