"""A page of the documentation, carried out word for word in one shell, and what it shows compared with what it says.

In blocks marked `console`, a line that begins with `$ ` is typed, with the lines after it that begin with `> `; the others are what is
seen. What differs from one run to the next (ids, keys, times, codes) is compared by its kind; `…` stands for any text, on a line of
its own for any number of lines. A command that shows nothing must show nothing.
"""

import difflib
import os
import pathlib
import re
import select
import subprocess
import time

ANSWER_SECONDS = 120

# Kinds of what differs, in the order in which they are looked for.
KINDS = [
    (r"IQoJb3JpZ2luX2Vj[A-Za-z0-9+/=]+", "SESSION-TOKEN"),
    (r"\bAQA[A-Za-z0-9+/=_-]{60,}", "ENCODED-MESSAGE"),
    (r"\b(AKIA|ASIA|AROA|AIDA|AIPA)[A-Z2-7]{13,17}\b", r"\1-ID"),
    (r"\*{16}[A-Z2-7a-zA-Z0-9/+]{4}", "HIDDEN-KEY"),
    (r"\b(i|r|ami|eni|vol|vpc|subnet|sg|key|iip-assoc)-[0-9a-f]{17}\b", r"\1-ID"),
    (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "UUID"),
    (r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+00:00)?", "TIME"),
    (r"\b\d{8}T\d{6}Z\b", "TIME"),
    (r"\b20\d{6}\b", "DAY"),
    (r"\b\d{12}\b", "ACCOUNT"),
    (r"\b\d{10}(\.\d+)?\b", "EPOCH"),
    (r"\b[0-9a-f]{64}\b", "HASH"),
    (r"\b[A-Za-z0-9/+]{40}\b", "SECRET"),
    (r"\b(process|pid) \d+", r"\1 N"),
    (r"\b\d+(\.\d+)? ?(ms|s|min|h)\b", "SPAN"),
    (r"\bip-\d+-\d+-\d+-\d+\b", "HOST"),
    (r"\b172\.31\.\d+\.\d+\b", "ADDRESS"),
]


class Step:
    """A command and what it is said to show."""

    def __init__(self, line):
        self.line, self.typed, self.shown = line, [], []

    @property
    def command(self):
        return "\n".join(self.typed)


def steps(page):
    """The steps of a page, in their order."""
    found, inside = [], False
    for number, line in enumerate(page.splitlines(), 1):
        if line.startswith("```"):
            inside = line.strip() == "```console"
        elif inside and line.startswith("$ "):
            found.append(Step(number))
            found[-1].typed.append(line[2:])
        elif inside and line.startswith("> ") and not found[-1].shown:
            found[-1].typed.append(line[2:])
        elif inside and line == ">" and not found[-1].shown:
            found[-1].typed.append("")
        elif inside:
            found[-1].shown.append(line)
    return found


class Shell:
    """One bash, from the first command of a page to its last."""

    def __init__(self, home, path):
        self.home = pathlib.Path(home)
        environment = {"HOME": str(home), "PATH": path, "LANG": "C.UTF-8", "TZ": "UTC", "COLUMNS": "130", "USER": os.environ.get("USER", "root")}
        self.bash = subprocess.Popen(["bash", "--noprofile", "--norc"], cwd=home, env=environment, stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.count = 0

    def run(self, command):
        """What the command shows."""
        self.count += 1
        mark = f"\x01{self.count}\x01"
        self.bash.stdin.write(f"{command}\nprintf '\\001{self.count}\\001'\n".encode())
        self.bash.stdin.flush()
        said, deadline = b"", time.monotonic() + ANSWER_SECONDS
        while not said.endswith(mark.encode()):
            ready, _, _ = select.select([self.bash.stdout], [], [], max(0, deadline - time.monotonic()))
            more = os.read(self.bash.stdout.fileno(), 65536) if ready else b""
            if not more:
                raise RuntimeError(f"no end of: {command}\n{said.decode(errors='replace')}")
            said += more
        return [line.rstrip() for line in said[:-len(mark)].decode(errors="replace").splitlines()]

    def close(self):
        self.bash.stdin.close()
        self.bash.kill()
        self.bash.wait()


def differences(shown, seen):
    """None where what is shown says what was seen."""
    wanted, found = [kinds(line) for line in shown], [kinds(line) for line in seen]
    if fits(wanted, found):
        return None
    return "\n".join(difflib.unified_diff(wanted, found, "page", "run", lineterm="", n=1))


def kinds(line):
    for pattern, kind in KINDS:
        line = re.sub(pattern, kind, line)
    return line.rstrip()


def fits(wanted, found):
    """Whether the lines match, `…` alone standing for any number of them."""
    reached = {0}
    for line in wanted:
        if line.strip() == "…":
            reached = set(range(min(reached), len(found) + 1)) if reached else set()
            continue
        pattern = re.compile(".*".join(re.escape(part) for part in line.split("…")), re.S)
        reached = {at + 1 for at in reached if at < len(found) and pattern.fullmatch(found[at])}
    return len(found) in reached


def blessed(page, seen):
    """The page with what was seen, by the line of the step, in place of what it showed."""
    lines, out, at = page.splitlines(), [], 0
    of_line = {step.line: step for step in steps(page)}
    while at < len(lines):
        out.append(lines[at])
        step = of_line.get(at + 1)
        at += 1
        if step is None:
            continue
        out += lines[at:at + len(step.typed) - 1]
        at += len(step.typed) - 1
        out += seen.get(step.line, step.shown)
        at += len(step.shown)
    return "\n".join(out) + "\n"
