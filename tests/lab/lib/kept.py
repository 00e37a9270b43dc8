# SPDX-License-Identifier: GPL-2.0-only
"""Results that are kept under a hash of all that they depend on.

For a test that takes long and depends on little that changes: a kernel, some
programs, some files.  With S2CTL_KEEP=0 nothing is kept, nor taken from what was.
Only a run without a failed result is kept, for 30 days.
"""

import glob
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import time
import traceback

from lab import TOP
from tap import Tap, main as tap_main

DAYS = 30
SKIP = " # SKIP "
# What every boot is made of, besides its kernel and its programs
LAB = ("lab/run", "lab/qemu", "lab/lib/*.py", "lab/lib/*.sh",
       "tests/lab/lib/*.py")


def output(*argv):
    return subprocess.run(argv, check=True, stdout=subprocess.PIPE,
                          cwd=TOP).stdout


def content(path):
    with open(path, "rb") as file:
        return file.read()


OBJCOPY = "objcopy" if os.uname().machine == "aarch64" else \
    "aarch64-linux-gnu-objcopy"


def without_paths(program, objcopy=OBJCOPY):
    """A program without what says in which folder it was built."""
    with tempfile.NamedTemporaryFile() as out:
        output(objcopy, "--strip-debug", "--remove-section=.note.gnu.build-id",
               program, out.name)
        return content(out.name)


def qemu():
    """The emulator's command, itself, and the libraries that it has."""
    words = output("lab/qemu")
    program = output("which", words.decode().splitlines()[0]).decode().strip()
    libraries = re.findall(r"/\S+", output("ldd", program).decode())
    return [words] + [content(path) for path in [program, *sorted(libraries)]]


# What lab/debian-kernel ends with when Debian does not have a kernel (any more)
EXIT_UNAVAILABLE = 69


def debian(name):
    """The image of a kernel of Debian's; None: it does not have that one."""
    done = subprocess.run(["lab/debian-kernel", name], stdout=subprocess.PIPE,
                          cwd=TOP, text=True, check=False)
    if done.returncode == EXIT_UNAVAILABLE:
        return None
    done.check_returncode()
    return done.stdout.strip()


def kernel(variant):
    """Its image, and its modules."""
    if variant.startswith("debian-"):
        image = debian(variant.partition("-")[2])
    else:
        image = output("lab/kernel", "--variant", variant).decode().strip()
    if image is None:
        return []
    modules = sorted(glob.glob(f"{os.path.dirname(image)}/*.ko"))
    return [content(path) for path in [image, *modules]]


def key(variants, programs, files, words):
    """The hash: kernels, programs of build/arm64, files from the top, any words."""
    parts = [sys.version.encode(), *qemu(),
             content(output("lab/initramfs").decode().strip())]
    for variant in variants.split():
        parts += kernel(variant)
    parts += [without_paths(f"{TOP}/build/arm64/{name}") for name in programs]
    parts += [word.encode() for word in words]
    for pattern in [*LAB, *files]:
        paths = sorted(glob.glob(f"{TOP}/{pattern}"))
        if not paths:
            raise FileNotFoundError(pattern)
        for path in paths:
            parts += [os.path.relpath(path, TOP).encode(), content(path)]
    sums = [hashlib.sha256(part).digest() for part in parts]
    return hashlib.sha256(b"".join(sums)).hexdigest()


def place(name):
    cache = os.environ.get("S2CTL_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"),
        "s2ctl")
    return os.path.join(cache, "kept", name)


class Recorder(Tap):
    """Remembers the names of its results, as they were printed.  A test is
    skipped again for a reason of which the hash knows."""

    def __init__(self, reasons):
        super().__init__()
        self.names = []
        self.reasons = reasons
        self.whole = True

    def ok(self, good, name, *notes):
        self.names.append(name.replace("#", ""))
        return super().ok(good, name, *notes)

    def skip(self, name, why):
        self.names.append(f"{name.replace('#', '')}{SKIP}{why}")
        self.whole &= why in self.reasons   # another time it may not be skipped
        super().skip(name, why)


def store(path, names):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=os.path.dirname(path),
                                     delete=False) as file:
        file.writelines(f"{name}\n" for name in names)
    os.replace(file.name, path)
    for other in glob.glob(f"{glob.escape(os.path.dirname(path))}/*"):
        if os.path.getmtime(other) < time.time() - DAYS * 86400:
            os.unlink(other)


def run(test, reasons, *depends):
    """As tap.main(), and keeps what came of it."""
    tap = Recorder(reasons)
    try:
        before = key(*depends)
        test(tap)
        # An edit meanwhile: nobody knows of what these are results
        if not tap.failed and tap.whole and before == key(*depends):
            store(place(before), tap.names)
    except Exception:                   # pylint: disable=broad-except
        tap.ok(False, "the test ran to its end", traceback.format_exc())
    tap.finish()


def main(test, variants, programs, files, words=(), reasons=()):
    """Runs test(tap), if it was not run with all of the same before.  A result
    that is skipped for one of the reasons is kept like any other."""
    depends = (variants, programs, files, words)
    if os.environ.get("S2CTL_KEEP") == "0" or \
            os.environ.get("S2CTL_LAB_IMAGE"):
        tap_main(test)
    path = place(key(*depends))
    if not os.path.exists(path):
        run(test, reasons, *depends)
    with open(path, encoding="utf-8") as file:
        names = file.read().splitlines()
    os.utime(path)
    tap = Tap()
    Tap.note(f"kept: {len(names)} results")
    for name in names:
        name, skipped, why = name.partition(SKIP)
        if skipped:
            tap.skip(name, why)
        else:
            tap.ok(True, name)
    tap.finish()
