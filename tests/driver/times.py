# SPDX-License-Identifier: GPL-2.0-only
"""How long programs took in the last run, and how long that makes this one."""

import heapq
import json
import os
import tempfile

# Times what it took in the last run: more says nothing about how long it will take
LATE = 1.5

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.realpath(__file__))))


def kept_in():
    """The file; None if there is no place for one."""
    if path := os.environ.get("S2CTL_TEST_TIMES"):
        return path
    cache = os.environ.get("S2CTL_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"),
        "s2ctl")
    for folder in (cache, os.path.join(TOP, "build")):
        if os.path.isdir(folder):
            return os.path.join(folder, "test-times.json")
    return None


def read(path):
    """No file, or one that makes no sense, says nothing."""
    try:
        with open(path, encoding="utf-8") as file:
            said = json.load(file)
        return {str(name): float(seconds) for name, seconds in said.items()}
    except (OSError, TypeError, ValueError, AttributeError):
        return {}


class Times:
    """The seconds of each program, by the last run that had it."""

    def __init__(self):
        self.path = kept_in()
        self.seconds = read(self.path)

    def longest_first(self, names):
        """Those that are not known come first, in their order."""
        return sorted(names, key=lambda name: -self.seconds.get(
            name, float("inf")))

    def keep(self, seconds):
        """Another run may have added to the file meanwhile."""
        if not self.path:
            return
        try:
            with tempfile.NamedTemporaryFile(
                    "w", dir=os.path.dirname(self.path) or ".", delete=False,
                    prefix="test-times.") as file:
                json.dump(read(self.path) | {name: round(s, 1) for name, s in
                                             seconds.items()}, file, indent=1)
            os.replace(file.name, self.path)
        except OSError:
            pass    # the next run knows less, no more


class Clock:
    """How long a run will take."""

    def __init__(self, times):
        self.last = times.seconds
        self.was = self.took = 0.0

    def ended(self, name, seconds):
        if name in self.last:
            self.was += self.last[name]
            self.took += seconds

    def left(self, running, waiting, jobs):
        """In words; running: (name, seconds so far) of each."""
        if not running and not waiting:
            return ""
        # Today's machine against the last run's, once there is much to go by
        slower = self.took / self.was if self.was > 10 else 1
        unknown = sum(name not in self.last for name in
                      waiting + [name for name, _ in running])
        late = [name for name, so_far in running if name in self.last and
                so_far > LATE * self.last[name] * slower + 10]
        free = [max(self.last.get(name, 0) * slower - so_far, 0)
                for name, so_far in running]
        free += [0.0] * (jobs - len(free))
        heapq.heapify(free)
        for name in waiting:
            heapq.heappush(free, heapq.heappop(free) +
                           self.last.get(name, 0) * slower)
        return words_of(max(free), unknown, late)


def words_of(seconds, unknown, late):
    """How long is left, and what nobody can say it of."""
    words = []
    if seconds >= 1 or not (unknown or late):
        words += [f"{'at least' if unknown or late else 'about'} "
                  f"{in_words(seconds)} left"]
    if unknown:
        words += [f"{unknown} of which nothing is known"]
    if late:
        words += [f"{', '.join(late)}: longer than in the last run"]
    return f"; {', and '.join(words)}"


def in_words(seconds):
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes}m{seconds:02d}s" if minutes else f"{seconds}s"
