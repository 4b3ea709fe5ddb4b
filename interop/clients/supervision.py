"""What `linklocal run` owes any program: its exit code, its signals, its children, its threads, its streams."""

import concurrent.futures
import json
import pathlib
import signal
import sys

import install as get

ROUTES = ("run", "run-user")
MODES = ("optional",)
PROGRAM = get.HERE / "programs" / "supervised_program.py"
CHILDREN = 200
THREADS = 32


def install(_work):
    get.sh("curl", "--version")


def version(_work):
    return "Linux " + get.sh("uname", "-r").strip()


def run(world, check):
    for part in (exit_codes, signals, streams, children, threads, sockets, at_once):
        part(world, check)


def exit_codes(world, check):
    for code in (0, 1, 3, 127, 255):
        check.equal(f"exit {code}", world.attempt("sh", "-c", f"exit {code}").returncode, code)
    # A directory of $PATH that may not be searched would make it 126, as with env(1).
    missing = world.attempt("no-such-program", extra={"PATH": "/usr/bin:/bin"})
    check.equal("a program that is not there", missing.returncode, 127)
    check.equal("a file that is no program", world.attempt("/etc/passwd").returncode, 126)
    for name in ("TERM", "KILL", "SEGV"):
        number = getattr(signal, f"SIG{name}")
        # As a process tells its parent: by the signal itself.
        check.equal(f"death by SIG{name}", world.attempt("sh", "-c", f"kill -{name} $$").returncode, -number)


def signals(world, check):
    for name in ("TERM", "INT", "HUP", "USR1"):
        number = getattr(signal, f"SIG{name}")
        client = world.start("sh", "-c", f"trap 'echo caught; exit 7' {name}; echo ready; while :; do sleep 0.05; done")
        client.stdout.readline()
        client.send_signal(number)
        said, _ = client.communicate(timeout=20)
        check.equal(f"SIG{name} reaches the program", (said, client.returncode), (b"caught\n", 7))


def streams(world, check):
    ran = world.attempt("sh", "-c", "echo out; echo err >&2; pwd")
    check.equal("stdout", ran.stdout.decode().split("\n")[:2], ["out", str(world.home)])
    check.equal("stderr", ran.stderr, b"err\n")


def children(world, check):
    """Many processes at once, each with a connection of its own; none is left without."""
    script = (f"for n in $(seq {CHILDREN}); do curl -sS --max-time 30 {URL} >\"$HOME/child.$n\" & done; wait")
    world.run("sh", "-c", script)
    seen = [path.read_text() for path in sorted(world.home.glob("child.*"))]
    check.equal(f"answers to {CHILDREN} parallel children", seen, [world.expected["instance-id"]] * CHILDREN)


def threads(world, check):
    said = json.loads(world.run(interpreter(), PROGRAM, "threads", THREADS))
    check.equal(f"answers to {THREADS} threads that connect at once", said, {world.expected["instance-id"]: THREADS * 8})


def sockets(world, check):
    """Kinds of sockets and calls that programs use, and what they ask of them afterwards."""
    said = json.loads(world.run(interpreter(), PROGRAM, "sockets"))
    for name, found in said.items():
        check.equal(f"socket: {name}", found, world.expected["instance-id"] if found != "as it was" else found)
    check.equal("kinds", sorted(said), sorted(KINDS))


def at_once(world, check):
    """Several runs beside each other share the server."""
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda _: world.run("curl", "-sS", "--max-time", "30", URL), range(8)))
    check.equal("eight runs at once", seen, [world.expected["instance-id"]] * 8)


def interpreter():
    system = pathlib.Path("/usr/bin/python3")
    return system if system.exists() else sys.executable


URL = "http://169.254.169.254/latest/meta-data/instance-id"
KINDS = ("blocking", "non-blocking", "asyncio", "with a timeout", "IPv6", "IPv4 in IPv6", "peer name", "flags",
         "duplicated descriptor", "other destinations")
