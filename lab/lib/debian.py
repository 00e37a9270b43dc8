# SPDX-License-Identifier: GPL-2.0-only
"""One of Debian's own kernels in the lab: its image, and its modules in the root."""

import os

import modules
import root
from cpio import Archive

LAB = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))

KNOWN = ("6.1", "6.12", "6.12-16k", "6.17", "7.3")


def image(name):
    return root.output_of(f"{LAB}/debian-kernel", name)


def modules_for(folder, name, purposes, under=""):
    """All that came with the kernel, where modprobe looks, and a list of those that
    init loads: it does so before it enters the root at @under, if there is one."""
    with open(f"{folder}/release", encoding="ascii") as file:
        home = f"usr/lib/modules/{file.read().strip()}"
    archive = Archive()
    for file in sorted(os.listdir(folder)):
        if file == modules.DEP or file.endswith(".ko"):
            for where in {home, under + home}:
                archive.copy(f"{where}/{file}", f"{folder}/{file}")
    names = modules.wanted(f"{LAB}/debian-modules", name.partition("-")[0],
                           ("boot", *purposes))
    archive.file("lab/modules", b"".join(
        os.fsencode(f"/{home}/{file}") + b"\0"
        for file in modules.load_order(folder, names)))
    return archive.bytes()
