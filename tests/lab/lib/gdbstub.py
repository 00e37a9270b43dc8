# SPDX-License-Identifier: GPL-2.0-only
"""A minimal client of the gdb remote protocol, for QEMU's stub.

Only what it takes to stop the machine, to read the system registers of each
CPU and physical memory, and to let it run again.
"""

import re
import socket
import time

# Seconds: of a QEMU that runs, until it has answered; of one that has ended
HANGS, GONE = 1800, 120


class GdbStub:
    # path -> registers: those of one QEMU do not change
    known = {}

    def __init__(self, path):
        """Connects to a Unix socket; QEMU stops the machine for it."""
        deadline = time.monotonic() + GONE
        while True:
            self.sock = socket.socket(socket.AF_UNIX)
            try:
                self.sock.connect(path)
                break
            except OSError:
                self.sock.close()
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        self.sock.settimeout(HANGS)
        self.buffer = b""
        said = self.ask("qSupported:multiprocess+;xmlRegisters=aarch64")
        # Of hexadecimal digits, with some room for what is around them
        size = re.search(rb"PacketSize=([0-9a-f]+)", said)
        self.step = int(size[1], 16) // 4 if size else 1024
        self.ask("?")
        if path not in self.known:
            self.known[path] = self._registers()
        self.regs = self.known[path]

    def close(self):
        """Lets the machine run again."""
        try:
            self.ask("D;1")
        finally:
            self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _until(self, end):
        """What comes before that byte, which goes with it."""
        while (at := self.buffer.find(end)) < 0:
            more = self.sock.recv(1 << 18)
            if not more:
                raise ConnectionError("QEMU closed the gdb connection")
            self.buffer += more
        out, self.buffer = self.buffer[:at], self.buffer[at + 1:]
        return out

    def _checksum(self):
        while len(self.buffer) < 2:
            more = self.sock.recv(65536)
            if not more:
                raise ConnectionError("QEMU closed the gdb connection")
            self.buffer += more
        self.buffer = self.buffer[2:]

    def ask(self, packet):
        raw = packet.encode()
        self.sock.sendall(b"$%s#%02x" % (raw, sum(raw) % 256))
        self._until(b"$")               # acknowledgements
        answer = self._until(b"#")
        self._checksum()
        self.sock.sendall(b"+")
        # run lengths first: what is escaped may look like one
        answer = re.sub(rb"(?<!\})(.)\*(.)", lambda m: m[1] *
                        (m[2][0] - 28), answer, flags=re.S)
        return re.sub(rb"\}(.)", lambda m: bytes([m[1][0] ^ 0x20]), answer,
                      flags=re.S)

    def _document(self, name):
        text = b""
        while True:
            part = self.ask(f"qXfer:features:read:{name}:{len(text):x},4000")
            if part[:1] not in b"ml" or not part:
                raise ValueError(f"no {name}: {part!r}")
            text += part[1:]
            if part[:1] == b"l":
                return text.decode()

    def _registers(self):
        """Numbers of all registers, by name in lower case."""
        regs = {}
        number = 0
        main = self._document("target.xml")
        for name in re.findall(r'<xi:include href="([^"]+)"', main):
            for reg in re.findall(r"<reg [^>]*>", self._document(name)):
                given = re.search(r'regnum="(\d+)"', reg)
                number = int(given.group(1)) if given else number
                regs[re.search(r'name="([^"]+)"', reg).group(1).lower()] = \
                    number
                number += 1
        return regs

    def cpus(self):
        """The stub's names of the CPUs."""
        found = []
        answer = self.ask("qfThreadInfo")
        while answer[:1] == b"m":
            found += answer[1:].decode().split(",")
            answer = self.ask("qsThreadInfo")
        return found

    def select(self, cpu):
        answer = self.ask(f"Hg{cpu}")
        if answer != b"OK":
            raise ValueError(f"no CPU {cpu}: {answer!r}")

    def reg(self, name):
        """A register of the selected CPU."""
        answer = self.ask(f"p{self.regs[name.lower()]:x}")
        if answer[:1] == b"E" and len(answer) == 3:
            raise ValueError(f"cannot read {name}: {answer!r}")
        return int.from_bytes(bytes.fromhex(answer.decode()), "little")

    def physical(self):
        """From now on addresses are physical."""
        answer = self.ask("Qqemu.PhyMemMode:1")
        if answer != b"OK":
            raise ValueError(f"no physical memory mode: {answer!r}")

    def memory(self, address, size):
        data = b""
        while len(data) < size:
            step = min(self.step, size - len(data))
            answer = self.ask(f"m{address + len(data):x},{step:x}")
            if len(answer) != 2 * step:
                raise ValueError(f"cannot read {address:#x}: {answer!r}")
            data += bytes.fromhex(answer.decode())
        return data
