# SPDX-License-Identifier: GPL-2.0-only
"""Puts right the offsets in an ELF dump that QEMU wrote.

QEMU (10.0 is one that does) takes the size of the first CPU's notes for that of each
CPU's.  The note of SVE registers is as long as the vectors are at the moment,
and a CPU that runs a guest has others than one that does not.  What follows the
notes then lies elsewhere than the headers say.  QEMU writes everything in a row,
up to the end of the file, so the size of the file tells how far off that is.
"""

import os
import struct

PHDR = struct.Struct("<IIQQQQQQ")
SHDR = struct.Struct("<IIQQQQIIQQ")
PT_NOTE = 4


def headers(file, entry, offset, count):
    file.seek(offset)
    return [list(entry.unpack(file.read(entry.size))) for _ in range(count)]


def put(file, entry, offset, values):
    file.seek(offset)
    for value in values:
        file.write(entry.pack(*value))


def repair(path):
    """Returns by how many bytes the notes were longer than QEMU thought."""
    os.chmod(path, 0o600)
    with open(path, "r+b") as file:
        head = file.read(64)
        ph_at, sh_at = struct.unpack_from("<QQ", head, 0x20)
        ph_count, _, sh_count = struct.unpack_from("<HHH", head, 0x38)
        segments = headers(file, PHDR, ph_at, ph_count)
        sections = headers(file, SHDR, sh_at, sh_count)
        ends = [s[2] + s[5] for s in segments] + [s[4] + s[5] for s in sections]
        longer = os.fstat(file.fileno()).st_size - max(ends)
        if longer:
            for segment in segments:
                if segment[0] == PT_NOTE:
                    segment[5] += longer
                    segment[6] += longer
                else:
                    segment[2] += longer
            for section in sections[1:]:
                section[4] += longer
            put(file, PHDR, ph_at, segments)
            put(file, SHDR, sh_at, sections)
    return longer
