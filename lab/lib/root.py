# SPDX-License-Identifier: GPL-2.0-only
"""The lab's root file system: Debian arm64 files, our programs, the command."""

import glob
import os
import subprocess

from cpio import Archive

# Shells that look in PATH first, where busybox's takes its own applets; and
# programs of util-linux with options that busybox's lack.
PROGRAMS = ("bin/busybox", "bin/dash", "bin/bash", "usr/bin/unshare",
            "usr/bin/nsenter", "usr/bin/setpriv", "usr/bin/prlimit",
            "usr/bin/taskset")

FOLDERS = ("dev", "proc", "sys", "run", "mnt", "lab", "etc", "usr/bin",
           "usr/sbin", "usr/lib", "usr/local/bin", "var/log")

LINKS = (("bin", "usr/bin"), ("sbin", "usr/sbin"), ("lib", "usr/lib"),
         ("lib64", "usr/lib"), ("var/run", "/run"),
         ("etc/mtab", "/proc/self/mounts"), ("usr/bin/sh", "dash"))

FILES = (
    ("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"
     "tester:x:1000:1000:an ordinary user:/home/tester:/bin/sh\n"
     "nobody:x:65534:65534:nobody:/nonexistent:/bin/sh\n"),
    ("etc/group", "root:x:0:\ntty:x:5:\ntester:x:1000:\nnogroup:x:65534:\n"),
    ("etc/shadow", "root:*:::::::\ntester:*:::::::\nnobody:*:::::::\n"),
    ("etc/hosts", "127.0.0.1 localhost lab\n"),
    ("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n"),
    ("etc/os-release", 'ID=s2ctl-lab\nPRETTY_NAME="s2ctl lab"\n'),
    ("etc/profile", "PS1='lab# '\n"),
)


def libraries(root):
    """Every shared library of the arm64 root: a few megabytes."""
    for folder in ("lib/aarch64-linux-gnu", "usr/lib/aarch64-linux-gnu"):
        for path in sorted(glob.glob(f"{root}/{folder}/*.so.*")):
            yield "usr/lib/aarch64-linux-gnu/" + os.path.basename(path), path
    loader = "ld-linux-aarch64.so.1"
    for folder in ("lib", "usr/lib"):
        if os.path.lexists(f"{root}/{folder}/{loader}"):
            yield f"usr/lib/{loader}", f"{root}/{folder}/{loader}"


def find(root, name):
    """A program, whose package may still say /bin for /usr/bin."""
    for candidate in (name, "usr/" + name, name.removeprefix("usr/")):
        if os.path.exists(f"{root}/{candidate}"):
            return f"{root}/{candidate}"
    raise FileNotFoundError(f"{root}/{name}")


def base(root, init):
    """What is the same for every run."""
    archive = Archive()
    for name in FOLDERS:
        archive.folder(name)
    archive.folder("root", 0o700)
    archive.folder("tmp", 0o1777)
    archive.folder("home/tester", 0o777)
    archive.folder("mnt/share", 0o777)
    for name, target in LINKS:
        archive.link(name, target)
    for name, text in FILES:
        archive.file(name, text.encode())
    archive.copy("init", init)
    for name in PROGRAMS:
        archive.copy("usr/bin/" + os.path.basename(name), find(root, name))
    for name, path in libraries(root):
        archive.copy(name, path)
    for path in glob.glob(f"{root}/usr/lib/locale/C.*/**", recursive=True):
        if os.path.isfile(path):
            archive.copy(os.path.relpath(path, root), path)
    return archive.bytes()


# Where init finds what it is to put into the root on the disk (--root host).
STAGE = "lab/root/"


def programs(build, under=""):
    """Ours: what `make` left for arm64."""
    archive = Archive()
    for path in sorted(glob.glob(f"{build}/*")):
        if not os.path.isfile(path):
            continue
        name = os.path.basename(path)
        if ".so" in name:
            archive.copy(f"{under}usr/lib/aarch64-linux-gnu/{name}", path)
        elif os.access(path, os.X_OK):
            archive.copy(f"{under}usr/bin/{name}", path)
    return archive.bytes()


def modules(folder, under=""):
    """Those that were built with the kernel."""
    archive = Archive()
    archive.folder(f"{under}usr/lib/modules")
    for path in sorted(glob.glob(f"{folder}/*.ko")):
        archive.copy(f"{under}usr/lib/modules/{os.path.basename(path)}", path)
    return archive.bytes()


def command(argv, environment, wishes, under=""):
    """What this run is for.  See lab/init.c, also for the @wishes."""
    archive = Archive()
    archive.file(f"{under}lab/argv",
                 b"".join(os.fsencode(a) + b"\0" for a in argv))
    archive.file(f"{under}lab/env", b"".join(
        os.fsencode(f"{k}={v}") + b"\0" for k, v in environment.items()))
    for wish in wishes:
        archive.file(f"{under}lab/{wish}", b"")
    return archive.bytes()


def output_of(*argv):
    return subprocess.run(argv, check=True, stdout=subprocess.PIPE,
                          text=True).stdout.rstrip("\n")
