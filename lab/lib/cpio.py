# SPDX-License-Identifier: GPL-2.0-only
"""Writes the kernel's initramfs format ("newc" cpio), everything owned by root.

Made here and not with cpio(1) so that it takes no privileges, and so that what
ends up in the archive is a list in a program and not a folder on a disk.
"""

import os
import stat


class Archive:
    """Collects entries; parents of an entry are made when it needs them."""

    def __init__(self):
        self.parts = []
        self.names = set()
        self.serial = 0

    def _entry(self, name, mode, data=b""):
        self.serial += 1
        encoded = os.fsencode(name) + b"\0"
        fields = (self.serial, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0,
                  len(encoded), 0)
        head = b"070701" + b"".join(b"%08x" % f for f in fields) + encoded
        self.parts += [head, b"\0" * (-len(head) % 4),
                       data, b"\0" * (-len(data) % 4)]
        self.names.add(name)

    def folder(self, name, mode=0o755):
        name = name.strip("/")
        if not name or name in self.names:
            return
        self.folder(os.path.dirname(name))
        self._entry(name, stat.S_IFDIR | mode)

    def file(self, name, data, mode=0o644):
        name = name.strip("/")
        if name in self.names:
            return
        self.folder(os.path.dirname(name))
        self._entry(name, stat.S_IFREG | mode, data)

    def link(self, name, target):
        name = name.strip("/")
        if name in self.names:
            return
        self.folder(os.path.dirname(name))
        self._entry(name, stat.S_IFLNK | 0o777, os.fsencode(target))

    def copy(self, name, path):
        """The file, link or program at path, as it is."""
        status = os.lstat(path)
        if stat.S_ISLNK(status.st_mode):
            self.link(name, os.readlink(path))
        else:
            with open(path, "rb") as source:
                self.file(name, source.read(), stat.S_IMODE(status.st_mode))

    def bytes(self):
        head = b"070701" + b"".join(
            b"%08x" % f for f in (0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 11, 0))
        whole = b"".join(self.parts) + head + b"TRAILER!!!\0"
        return whole + b"\0" * (-len(whole) % 512)
