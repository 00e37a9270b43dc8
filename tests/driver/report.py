# SPDX-License-Identifier: GPL-2.0-only
"""What a program's TAP says, and what all of them say together."""

import re

SLOWEST = 10
# Of what is said of a failure, how many lines are repeated at the end
FIRST, LAST = 4, 20

RESULT = re.compile(r"(not )?ok\b *\d* *-? *([^#]*)(#.*)?$")
PLAN = re.compile(r"1\.\.(\d+)(?: *# *SKIP\S* *(.*))?$", re.I)
KEPT = re.compile(r"# kept: (\d+) results?\b")


class Report:
    """What one program's TAP says."""

    def __init__(self, name):
        self.name = name
        self.passed = self.kept = 0
        self.failed, self.skipped = [], []
        self.notes = {}     # what is said of a failure: its number -> lines
        self.failing = False
        self.planned = self.skip_all = None

    def line(self, line):
        if self.failing and line.startswith("#"):
            self.notes.setdefault(len(self.failed) - 1, []).append(line)
        self.failing = self.failing and line.startswith("#")
        if plan := PLAN.match(line):
            self.planned = int(plan[1])
            self.skip_all = plan[2]
        elif result := RESULT.match(line):
            self.result(result[1], result[2].strip(), result[3] or "")
        elif line.startswith("Bail out!"):
            self.failed.append(line)
        elif kept := KEPT.match(line):
            self.kept += int(kept[1])

    def result(self, bad, what, directive):
        word, _, reason = directive.lstrip("# ").partition(" ")
        word = word.lower()
        if word.startswith("skip") and not bad:
            self.skipped.append(f"{what}: {reason or 'no reason given'}")
        elif bad and word != "todo":
            self.failed.append(what)
            self.failing = True
        elif bad:
            self.skipped.append(f"{what}: to do: {reason}")
        else:
            self.passed += 1

    def end(self, status):
        seen = self.passed + len(self.failed) + len(self.skipped)
        if self.planned is None:
            self.failed.append("printed no plan")
        elif self.planned == 0 and self.skip_all is not None:
            self.skipped.append(f"all: {self.skip_all or 'no reason given'}")
        elif seen != self.planned:
            self.failed.append(f"planned {self.planned} tests, ran {seen}")
        if status and not self.failed:
            self.failed.append(f"ended with status {status}")


def show_slowest(programs, seconds):
    slowest = sorted(programs, key=lambda p: -p.seconds)[:SLOWEST]
    cpu = sum(p.cpu for p in programs)
    print(f"\nslowest of {len(programs)} programs, which took {seconds:.0f} s "
          f"and {cpu:.0f} s of CPU:")
    for program in slowest:
        print(f"{program.seconds:7.0f} s {program.cpu:7.0f} s of CPU  "
              f"{program.name}")


def show_failed(report):
    """With the ends of what is said of each: what is between is long, and above."""
    for number, what in enumerate(report.failed):
        print(f"FAILED: {report.name}: {what}")
        notes = report.notes.get(number, [])
        if len(notes) > FIRST + LAST:
            left_out = len(notes) - FIRST - LAST
            notes = [*notes[:FIRST], f"# ({left_out} more lines, see above)",
                     *notes[-LAST:]]
        for note in notes:
            print(f"  {note}")


def show_kept(reports):
    kept = [r.kept for r in reports if r.kept]
    if kept:
        print(f"kept: {sum(kept)} results of {len(kept)} programs under a hash "
              "of all that they depend on; S2CTL_KEEP=0 keeps none")


def summary(programs, names, seconds):
    """Prints what came of all, in the order of names; returns the status."""
    reports = sorted((p.report for p in programs),
                     key=lambda r: names.index(r.name))
    show_slowest(programs, seconds)
    print()
    for report in reports:
        for what in report.skipped:
            print(f"skipped: {report.name}: {what}")
    for report in reports:
        show_failed(report)
    show_kept(reports)
    passed = sum(r.passed for r in reports)
    failed = sum(len(r.failed) for r in reports)
    skipped = sum(len(r.skipped) for r in reports)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0
