"""Collects what was wrong, so that one run names every difference.

Rule: a check compares values; a client that merely ended well has not passed.
"""


class Check:
    """The checks of one client in one mode."""

    def __init__(self):
        self.made = 0
        self.failures = []

    def equal(self, what, got, wanted):
        self.holds(what, got == wanted, f"got {short(got)}, wanted {short(wanted)}")

    def holds(self, what, held, detail=""):
        self.made += 1
        if not held:
            self.failures.append(f"{what}: {detail}" if detail else what)


def short(value):
    text = repr(value)
    return text if len(text) <= 300 else f"{text[:300]}… ({len(text)} characters)"
