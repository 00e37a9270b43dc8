# SPDX-License-Identifier: GPL-2.0-only
"""Boots the lab once and keeps what a script left in the shared folder."""

import json
import os
import shutil
import subprocess
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
TOP = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
GUEST = os.path.join(TOP, "tests", "lab", "guest")
SCRIPTS = set(os.listdir(GUEST))
RUN = os.path.join(TOP, "lab", "run")
# A boot hangs that has used BUSY seconds of CPU, several times what the longest
# one needs, or SLOW times that on a kernel with all checks; or in which, for IDLE
# seconds, nobody had anything to do.  Neither depends on what else this machine
# does.  guest/common.sh waits for less than IDLE, and then says for what.
# S2CTL_LAB_BUSY is another BUSY, for runs that are to take long.
BUSY = float(os.environ.get("S2CTL_LAB_BUSY", 600))
SLOW, IDLE = 8, 900
# Nothing but an end, in seconds, for what those do not see: tests/run has less.
EVER = 86400


def built(variant):
    """Whether its kernel need not be built first."""
    return not subprocess.run(
        [f"{TOP}/lab/kernel", "--variant", variant, "--print", "built"],
        stdout=subprocess.DEVNULL, check=False).returncode


def host_root_problem():
    """Why there is no root with libvirt; None if there is one."""
    made = subprocess.run([f"{TOP}/lab/host-root"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False)
    lines = made.stderr.strip().splitlines()
    return " ".join(lines[-1:]) or "no root" if made.returncode else None


class Lab:
    """One boot.  The scripts of tests/lab/guest are in the shared folder."""

    def __init__(self, script, *args, cpu="max", variant=None, mem="1G",
                 smp=2, append=(), qemu=(), files=(), root=None, busy=BUSY,
                 debian=None):
        self.folder = tempfile.mkdtemp(prefix="s2ctl-test.")
        for name in os.listdir(GUEST):
            shutil.copy(os.path.join(GUEST, name), self.folder)
        for name in files:
            copy = shutil.copytree if os.path.isdir(name) else shutil.copy
            copy(name, os.path.join(self.folder, os.path.basename(name)))
        self.argv = [RUN, "--cpu", cpu, "--mem", mem, "--smp", str(smp),
                     "--share", self.folder, "--timeout", str(EVER),
                     "--idle", str(IDLE), "--busy",
                     str(busy * SLOW if variant and "debug" in variant
                         else busy),
                     "--keep-log", self.path("kernel.log")]
        if variant:
            self.argv.append(f"--{variant}")
        if debian:
            self.argv += ["--debian", debian]
        if root:
            self.argv += ["--root", root]
        for word in append:
            self.argv += ["--append", word]
        for word in qemu:
            self.argv += ["--qemu", word]
        self.argv += ["--", "/bin/sh", f"/mnt/share/{script}", *args]
        self.process = None
        self.status = self.out = self.err = None

    def path(self, name):
        return os.path.join(self.folder, name)

    def start(self):
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(
            self.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, errors="replace")
        return self

    def tell(self):
        """A line of standard input, for a script that waits for it."""
        try:
            self.process.stdin.write("\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass        # it has ended, and wait() says how

    def wait(self):
        self.out, self.err = self.process.communicate()
        self.status = self.process.returncode
        return self

    def run(self):
        return self.start().wait()

    def exists(self, name):
        return os.path.exists(self.path(name))

    def touch(self, name):
        with open(self.path(name), "w", encoding="ascii"):
            pass

    def text(self, name):
        with open(self.path(name), encoding="utf-8", errors="replace") as f:
            return f.read()

    def json(self, name):
        return json.loads(self.text(name))

    def lines(self, name):
        """A file of JSON lines."""
        return [json.loads(line) for line in self.text(name).splitlines()]

    def felt(self, name):
        """What became of each guest operation of a VM, in a word."""
        out = []
        for line in self.lines(f"{name}.vmm"):
            if line["action"] != "guest":
                continue
            if line["result"] == "exception":
                esr = line["esr"]
                out.append(f"{esr >> 26:#x}/{esr & 0x3f:#x}")
            else:
                out.append(line.get("errno", line["result"]))
        return out

    def written_last(self):
        """How far the script came, by the files that it left."""
        files = sorted((f for f in os.scandir(self.folder) if f.is_file()),
                       key=lambda f: -f.stat().st_mtime)
        return ", ".join(f.name for f in files
                         if f.name not in SCRIPTS | {"kernel.log"}
                         )[:200] or "nothing"

    def check(self, tap, name="the lab's script ended well"):
        return tap.equal(self.status, 0, name, "standard output:", self.out,
                         "standard error:", self.err,
                         f"what it wrote, the last first: {self.written_last()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait()
        if os.environ.get("S2CTL_KEEP_FOLDERS"):
            print(f"# kept {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)
