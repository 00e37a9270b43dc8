# SPDX-License-Identifier: GPL-2.0-only
"""What lab/run asks of QEMU while it runs, in QEMU's own protocol (QMP)."""

import json


class Refused(Exception):
    """QEMU's answer was an error, or there was none."""


class Monitor:
    """Its end of a socket whose other end QEMU has."""

    def __init__(self, sock):
        self.sock = sock
        self.lines = None

    def ask(self, command, seconds, **arguments):
        """The result of a command, waited for that long."""
        self.sock.settimeout(max(seconds, 0.001))
        try:
            if not self.lines:
                self.lines = self.sock.makefile("rb")
                self.lines.readline()           # the greeting
                self._ask("qmp_capabilities", {})
            return self._ask(command, arguments)
        except OSError as error:
            raise Refused(f"no answer to {command}: {error}") from None

    def _ask(self, command, arguments):
        self.sock.sendall(json.dumps({
            "execute": command, "arguments": arguments}).encode() + b"\n")
        for line in self.lines:
            answer = json.loads(line)
            if "error" in answer:
                raise Refused(answer["error"]["desc"])
            if "return" in answer:
                return answer["return"]
        raise Refused(f"QEMU went away during {command}")
