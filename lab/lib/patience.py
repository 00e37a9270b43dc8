# SPDX-License-Identifier: GPL-2.0-only
"""When a machine hangs, whatever else this machine has to do meanwhile.

A limit in seconds is a guess about the load.  So what is counted is the CPU time
that the machine has used, which a loop uses up, and the time in which nobody
wanted any, which is what passes while all wait for each other.
"""

import os
import time

EVERY = 10      # seconds: few looks at /proc, and more than anyone waits for a CPU
TICKS = os.sysconf("SC_CLK_TCK")


def stat(pid):
    """What is behind a process's name, which may hold anything: its state,
    parent, process group, session and more; empty when it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()
    except OSError:
        return []


def session(number):
    """The processes of a session."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        fields = stat(pid)
        if len(fields) > 3 and int(fields[3]) == number:
            yield int(pid)


def used(pid):
    """The seconds of CPU that a process has used; 0 when it is gone."""
    fields = stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS if fields else 0


def wanted(pid):
    """thread -> the seconds in which it ran, or waited for a CPU to run on."""
    out = {}
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            path = f"/proc/{pid}/task/{thread}/schedstat"
            with open(path, encoding="ascii") as file:
                ran, waited, _ = file.read().split()
            out[int(thread)] = (int(ran) + int(waited)) / 1e9
    except OSError:
        pass        # gone by now
    return out


class Patience:
    """busy: seconds of CPU that a process may use; idle: seconds, all together,
    in which no process of its session may want a CPU.  None: as many as it
    likes."""

    def __init__(self, busy=None, idle=None):
        self.busy = busy
        # A kernel that does not say who waits for a CPU cannot tell the two apart
        self.idle = idle if os.path.exists("/proc/self/schedstat") else None
        self.pid = self.session = None
        self.looked = self.was_idle = 0.0
        self.before = {}

    def start(self, pid):
        self.pid = pid
        self.session = os.getsid(pid)
        self.looked = time.monotonic()
        self.before = self._wanted()

    def _wanted(self):
        out = {}
        for pid in session(self.session):
            out.update(wanted(pid))
        return out

    def _look(self, now):
        threads = self._wanted()
        seconds = sum(max(0.0, n - self.before.get(thread, 0.0))
                      for thread, n in threads.items())
        self.was_idle += max(0.0, now - self.looked - seconds)
        self.looked, self.before = now, threads

    def over(self):
        """Why it hangs, in words; None as long as it does not."""
        if self.busy is not None and used(self.pid) > self.busy:
            return f"not done after {self.busy:g} s of CPU"
        now = time.monotonic()
        if self.idle is not None and now - self.looked >= EVERY:
            self._look(now)
        if self.idle is not None and self.was_idle > self.idle:
            return f"nothing was done for {self.idle:g} s"
        return None
