# SPDX-License-Identifier: GPL-2.0-only
"""What came of a step, and what should have."""

import re


def matches(want, got):
    """Every key of want; a compiled pattern is searched for, a function asked."""
    for key, value in want.items():
        have = got.get(key)
        if isinstance(value, re.Pattern):
            good = isinstance(have, str) and value.search(have)
        elif callable(value):
            good = have is not None and value(have)
        else:
            good = have == value
        if not good:
            return False
    return True


class Is:
    """What a function makes of a result; it says so where that is wrong."""

    def __init__(self, make, want):
        self.make, self.want, self.got = make, want, None

    def __call__(self, have):
        self.got = self.make(have)
        return self.got == self.want

    def __repr__(self):
        return f"{self.make.__name__}: {self.want!r}, not {self.got!r}"


class Kept:
    """Something to be the same each time that it is asked for."""

    every = []

    def __init__(self, make):
        self.make, self.first, self.got = make, None, None
        self.every.append(self)

    @classmethod
    def forget(cls):
        """Before another machine is looked at."""
        for kept in cls.every:
            kept.first = None

    def __call__(self, have):
        self.got = self.make(have)
        if self.first is None:
            self.first = self.got
        return self.got == self.first

    def __repr__(self):
        return f"{self.make.__name__} again: {self.first!r}, not {self.got!r}"
