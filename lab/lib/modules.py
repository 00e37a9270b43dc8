# SPDX-License-Identifier: GPL-2.0-only
"""The modules of one of Debian's kernels: which the lab takes, in which order.

usage: modules.py LIST BASE ROOT OUT
Copies those of LIST (lab/debian-modules), with those that they need, from the
unpacked packages under ROOT to OUT, uncompressed, and writes OUT/modules.dep.

That file has the form that depmod(8) gives it.  depmod itself would look at
each of some 4,000 compressed modules, of which the lab wants some 30.
"""

import lzma
import os
import re
import shutil
import struct
import sys

DEP = "modules.dep"


def normal(name):
    """The kernel takes - and _ in the name of a module for the same."""
    return name.replace("-", "_")


def listed(path):
    """"PURPOSE MODULE BASE..." of lab/debian-modules."""
    with open(path, encoding="ascii") as lines:
        for line in lines:
            words = line.partition("#")[0].split()
            if words:
                yield words[0], words[1], words[2:]


def wanted(path, base, purposes=None):
    return [name for purpose, name, bases in listed(path)
            if (purposes is None or purpose in purposes) and
            (not bases or base in bases)]


def uncompressed(path):
    with open(path, "rb") as module:
        data = module.read()
    return lzma.decompress(data) if path.endswith(".xz") else data


def section(elf, name):
    """The bytes of a section of a 64-bit little-endian ELF file."""
    offset, = struct.unpack_from("<Q", elf, 0x28)
    size, count, strings = struct.unpack_from("<HHH", elf, 0x3a)
    heads = [struct.unpack_from("<IIQQQQ", elf, offset + i * size)
             for i in range(count)]
    names = heads[strings][4]
    for head in heads:
        at = names + head[0]
        if elf[at:elf.index(b"\0", at)] == name:
            return elf[head[4]:head[4] + head[5]]
    return b""


def needs(elf):
    """The modules that have to be loaded before this one."""
    for entry in section(elf, b".modinfo").split(b"\0"):
        key, _, value = entry.partition(b"=")
        if key == b"depends" and value:
            return [normal(name) for name in value.decode("ascii").split(",")]
    return []


class Package:
    """What the packages of a kernel have in them."""

    def __init__(self, root):
        self.paths, self.built_in = {}, set()
        for folder, _, names in os.walk(root):
            for name in names:
                match = re.fullmatch(r"(.*)\.ko(\.xz)?", name)
                if match:
                    self.paths[normal(match[1])] = os.path.join(folder, name)
                elif name == "modules.builtin":
                    self._built_in(os.path.join(folder, name))

    def _built_in(self, path):
        with open(path, encoding="ascii") as lines:
            for line in lines:
                name = os.path.basename(line.strip()).removesuffix(".ko")
                self.built_in.add(normal(name))

    def check(self, name):
        if name not in self.paths and name not in self.built_in:
            sys.exit(f"modules.py: this kernel has no module {name}")


class Taken:
    """The modules that were copied."""

    def __init__(self, package, out):
        self.package, self.out = package, out
        self.order = {}         # of each: what it needs, deepest first, and itself

    def take(self, name):
        """Returns what has to be loaded for @name, it as the last."""
        if name not in self.package.paths:
            return []           # built in
        if name not in self.order:
            elf = uncompressed(self.package.paths[name])
            with open(f"{self.out}/{name}.ko", "wb") as copy:
                copy.write(elf)
            before = [n for need in needs(elf) for n in self.take(need)]
            self.order[name] = list(dict.fromkeys(before)) + [name]
        return self.order[name]

    def write(self):
        with open(f"{self.out}/{DEP}", "w", encoding="ascii") as dep:
            for name, order in self.order.items():
                before = "".join(f" {n}.ko" for n in reversed(order[:-1]))
                dep.write(f"{name}.ko:{before}\n")


def load_order(folder, names):
    """The files that load @names, where they are not built in, in order."""
    order = {}
    with open(f"{folder}/{DEP}", encoding="ascii") as lines:
        for line in lines:
            path, _, before = line.partition(":")
            order[path] = before.split()[::-1] + [path]
    files = [f for name in names for f in order.get(f"{normal(name)}.ko", [])]
    return list(dict.fromkeys(files))


def main(path, base, root, out):
    package = Package(root)
    taken = Taken(package, out)
    for name in map(normal, wanted(path, base)):
        package.check(name)
        taken.take(name)
    taken.write()
    shutil.rmtree(root)


if __name__ == "__main__":
    main(*sys.argv[1:])
