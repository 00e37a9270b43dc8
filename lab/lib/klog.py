# SPDX-License-Identifier: GPL-2.0-only
"""Finds in a kernel log what means that the kernel went wrong."""

import re

TROUBLE = re.compile(
    r"\bBUG\b|\bWARNING: |\bOops\b|Internal error|Kernel panic|"
    r"Unable to handle kernel|possible circular locking|"
    r"possible recursive locking|inconsistent lock state|"
    r"suspicious RCU usage|possible irq lock inversion|"
    r"bad unlock balance|blocked for more than|soft lockup|hard LOCKUP|"
    r"rcu: INFO: .*stall|KASAN: |UBSAN: |"
    r"sleeping function called|scheduling while atomic|"
    r"unreferenced object|ODEBUG: |refcount_t: |list_(add|del) corruption|"
    r"Unknown kernel command line parameters .*s2")

# Lines of a report that follow the one that was found.
CONTEXT = 60
END = re.compile(r"---\[ end trace|</TASK>|\]---")


def trouble(text):
    """The lines of every report in the log, or nothing."""
    lines = text.splitlines()
    wanted = []
    until = -1
    for number, line in enumerate(lines):
        if TROUBLE.search(line):
            until = max(until, number + CONTEXT)
        if number <= until:
            wanted.append(line)
            if END.search(line):
                until = number
    return wanted
