# SPDX-License-Identifier: GPL-2.0-only
"""One run of the emulated host: its streams, its end, its time limit."""

import os
import re
import socket
import subprocess
import threading
import time

import dumpfix
import qmp

LOOK = 2        # seconds after which it is asked whether the host hangs
ANSWER = 60     # and in which init says what it knows, or does not


class Failed(Exception):
    """The lab failed, whatever the command did."""


class Output:
    """A stream of the command's, copied to one of ours as it comes."""

    def __init__(self, port, fd):
        self.port = port
        self.fd = fd
        self.count = 0
        self.changed = threading.Condition()
        threading.Thread(target=self._copy, daemon=True).start()

    def _copy(self):
        while data := self.port.recv(1 << 16):
            self._write(data)
            with self.changed:
                self.count += len(data)
                self.changed.notify_all()

    def _write(self, data):
        while data and self.fd is not None:
            try:
                data = data[os.write(self.fd, data):]
            except BlockingIOError:
                time.sleep(0.01)
            except OSError:     # nobody reads it any more; the run goes on
                self.fd = None

    def wait_for(self, count, seconds):
        with self.changed:
            return self.changed.wait_for(lambda: self.count >= count, seconds)


def copy_input(port, fd):
    """Our standard input to the command, in chunks that init can tell apart."""
    try:
        while True:
            data = os.read(fd, 4096)
            port.sendall(len(data).to_bytes(2, "little") + data)
            if not data:
                return
    except OSError:
        return


class Session:
    PORTS = ("control", "stdin", "stdout", "stderr")

    def __init__(self, log, timeout, patience, dump=None):
        """@dump: arguments of QEMU's dump-guest-memory, at the command's end."""
        self.log = log
        self.dump = dump
        self.deadline = time.monotonic() + timeout
        self.timeout = timeout
        self.patience = patience
        self.up = False
        self.processes = []     # of the host, when it hangs
        self.ours, self.theirs = {}, {}
        for name in self.PORTS:
            self.ours[name], self.theirs[name] = socket.socketpair()
        if dump:
            self.ours["qmp"], self.theirs["qmp"] = socket.socketpair()

    def arguments(self):
        """What QEMU needs to be told about the streams and the log."""
        words = ["-chardev", f"file,id=log,path={self.log}", "-serial",
                 "chardev:log", "-device", "virtio-serial-pci"]
        for name, sock in self.theirs.items():
            words += ["-chardev", f"socket,id={name},fd={sock.fileno()}"]
            if name in self.PORTS:
                words += ["-device",
                          f"virtserialport,chardev={name},name=lab.{name}"]
            else:
                words += ["-mon", f"chardev={name},mode=control"]
        if self.dump:
            # A kernel that has its driver says in it where its VMCOREINFO lies.
            words += ["-device", "vmcoreinfo"]
        return words

    def run(self, argv, errors):
        """Runs QEMU; returns the command's exit status."""
        fds = [s.fileno() for s in self.theirs.values()]
        # Out of the terminal's foreground group: Ctrl-C comes to us, and we
        # see to it that QEMU goes; it also goes if we are killed.
        argv = ["setpriv", "--pdeathsig", "KILL"] + argv
        self.qemu = subprocess.Popen(argv, stdin=subprocess.DEVNULL,
                                     stdout=errors, stderr=errors,
                                     pass_fds=fds, process_group=0)
        self.patience.start(self.qemu.pid)
        for sock in self.theirs.values():
            sock.close()
        try:
            return self._serve()
        finally:
            self.qemu.kill()
            self.qemu.wait()

    def _serve(self):
        out = Output(self.ours["stdout"], 1)
        err = Output(self.ours["stderr"], 2)
        if self._line() != "ready":
            raise Failed("the host did not come up")
        self.up = True
        threading.Thread(target=copy_input, args=(self.ours["stdin"], 0),
                         daemon=True).start()
        last = self._line()
        if last == "dump":
            self._dump()
            last = self._line()
        last = re.fullmatch(r"exit (\d+) (\d+) (\d+)", last)
        if not last:
            raise Failed("the host went away while the command ran")
        status, *counts = (int(n) for n in last.groups())
        for stream, count in zip((out, err), counts):
            if not stream.wait_for(count, self._left()):
                raise Failed("output was lost, or nobody took it in time")
        self.ours["control"].sendall(b"Q")
        try:
            self.qemu.wait(self._left())
        except subprocess.TimeoutExpired:
            raise Failed("the host did not shut down") from None
        return status

    def _dump(self):
        """The command has ended, and what it started still runs: init waits."""
        path = self.dump["protocol"].removeprefix("file:")
        if os.path.isfile(path):
            os.unlink(path)     # QEMU makes files that only root could overwrite
        try:
            qmp.Monitor(self.ours["qmp"]).ask(
                "dump-guest-memory", self._left(), **self.dump)
            if self.dump["format"] == "elf":
                dumpfix.repair(path)
        except qmp.Refused as problem:
            raise Failed(f"--dump: {problem}") from None
        self.ours["control"].sendall(b"D")

    def _left(self):
        return max(0.0, self.deadline - time.monotonic())

    def _line(self):
        """A line of init's; empty if the machine is gone."""
        control = self.ours["control"]
        line = b""
        while not line.endswith(b"\n"):
            control.settimeout(min(max(self._left(), 0.001), LOOK))
            try:
                byte = control.recv(1)
            except TimeoutError:
                if why := self._hangs():
                    self._ask_where()
                    raise Failed(why) from None
                continue
            except OSError:
                return ""
            if not byte:
                return ""
            line += byte
        return line.decode(errors="replace").strip()

    def _hangs(self):
        if not self._left():
            return f"not done after {self.timeout:g} s (--timeout)"
        return self.patience.over()

    def _ask_where(self):
        """What runs in the host that hangs, if init can still say it."""
        if not self.up:
            return
        control = self.ours["control"]
        control.settimeout(ANSWER)
        data = b""
        try:
            control.sendall(b"P")
            while not data.endswith(b"told\n"):
                got = control.recv(1 << 16)
                if not got:
                    break
                data += got
        except OSError:
            self.processes = ["(init did not answer)"]
        self.processes += [
            line.removeprefix("process ") for line in
            data.decode(errors="replace").splitlines()
            if line.startswith("process ")]
