# SPDX-License-Identifier: GPL-2.0-only
"""TAP: one line a result, the plan at the end."""

import sys
import traceback


class Tap:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def _result(self, word, name, directive=""):
        self.count += 1
        name = name.replace("#", "")    # would begin a directive
        print(f"{word} {self.count} - {name}{directive}", flush=True)

    @staticmethod
    def note(text):
        for line in str(text).splitlines():
            print(f"# {line}", flush=True)

    def ok(self, good, name, *notes):
        """A result; the notes are printed when it is a bad one."""
        self._result("ok" if good else "not ok", name)
        if not good:
            self.failed += 1
            for note in notes:
                self.note(note)
        return good

    def equal(self, got, want, name, *notes):
        return self.ok(got == want, name, f"got  {got!r}", f"want {want!r}",
                       *notes)

    def skip(self, name, why):
        self._result("ok", name, f" # SKIP {why}")

    def finish(self):
        print(f"1..{self.count}", flush=True)
        sys.exit(1 if self.failed else 0)


def main(test):
    """Runs test(tap); whatever it raises is a failure."""
    tap = Tap()
    try:
        test(tap)
    except Exception:                   # pylint: disable=broad-except
        tap.ok(False, "the test ran to its end", traceback.format_exc())
    tap.finish()


def skip_all(why):
    print(f"1..0 # SKIP {why}")
    sys.exit(0)
