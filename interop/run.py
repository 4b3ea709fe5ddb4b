#!/usr/bin/env python3
"""Runs real clients, unmodified, against the real binary: each in a process of its own with a server of its own.

    run.py --binary FILE [CLIENT…]     all clients, or those named
    run.py --list                      their names

A client runs once per token mode (`optional`, `required`) and per route: `endpoint` (an environment variable names a
loopback port), `ipv4` and `ipv6` (a private network namespace where 169.254.169.254 and fd00:ec2::254 are real), `run`
(under `linklocal run`, told nothing) and `run-user` (the same, client and server as a user without rights). Clients that
sign, or that check what we sign, run on `aws` (a private network where AWS's names are ours to give) or in a `batch`. A
client that could not be installed or a namespace that could not be made is a failure, not a skip.
"""

import argparse
import json
import pathlib
import signal
import subprocess
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor

import namespace
import user
from check import Check
from clients import CLIENTS
from world import World

HERE = pathlib.Path(__file__).resolve().parent
MODES = ("optional", "required")
CASE_SECONDS = 300
# Of the clients that keep a processor busy, so many run at once. Some give up where they are kept waiting.
BUSY = 1


def main():
    hear_signals()
    arguments = parse()
    if arguments.list:
        print("\n".join(CLIENTS))
        return 0
    if arguments.case:
        return child(arguments)
    unknown = [name for name in arguments.clients if name not in CLIENTS]
    if unknown:
        print(f"error: no client {unknown[0]!r}; there are {', '.join(CLIENTS)}", file=sys.stderr)
        return 2
    rows = in_lanes(arguments.clients or list(CLIENTS), arguments)
    table(rows)
    failed = [row for row in rows if row["failures"]]
    for row in failed:
        print(f"\n{row['client']} {row['route']} {row['mode']}:")
        print("\n".join(f"  {failure}" for failure in row["failures"]))
    checks = sum(row["checks"] for row in rows)
    print(f"\n{len(rows) - len(failed)} of {len(rows)} pass, {checks} checks")
    return 1 if failed or not rows else 0


def hear_signals():
    """What a shell starts in the background, or `nohup`, ignores some; the clients would inherit that."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clients", nargs="*", metavar="CLIENT")
    parser.add_argument("--binary", type=pathlib.Path, default=HERE.parent / "target" / "debug" / "linklocal")
    parser.add_argument("--work", type=pathlib.Path, default=HERE / ".work", help="where clients are installed")
    parser.add_argument("--list", action="store_true", help="name the clients")
    parser.add_argument("--bless", action="store_true", help="write anew the pages that are made of results")
    parser.add_argument("--case", nargs=3, metavar=("CLIENT", "ROUTE", "MODE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    arguments.binary, arguments.work = arguments.binary.resolve(), arguments.work.resolve()
    return arguments


def in_lanes(names, arguments):
    """The rows of all clients. They are installed one after the other, in a lane of its own; those that mostly wait, or may be
    kept waiting (`PATIENT`), run beside the others: either kind is about half of the time."""
    arguments.work.mkdir(parents=True, exist_ok=True)
    patient = [name for name in names if getattr(CLIENTS[name], "PATIENT", False)]
    busy = [name for name in names if name not in patient]
    with ThreadPoolExecutor(1) as installer, ThreadPoolExecutor(1) as slow, ThreadPoolExecutor(BUSY) as quick:
        # The two kinds of lanes wait for their first client as short as each other.
        order = sorted(names, key=lambda name: (patient if name in patient else busy).index(name))
        installed = {name: installer.submit(install, name, arguments) for name in order}
        runs = {name: lane.submit(run_client, name, installed[name], arguments)
                for lane, of_lane in ((slow, patient), (quick, busy)) for name in of_lane}
        rows = {name: run.result() for name, run in runs.items()}
    return [row for name in names for row in rows[name]]


def install(name, arguments):
    """The client's version."""
    print(f"{name}: installing", file=sys.stderr, flush=True)
    CLIENTS[name].install(arguments.work)
    return CLIENTS[name].version(arguments.work)


def run_client(name, installed, arguments):
    client = CLIENTS[name]
    try:
        version = installed.result()
    except Exception as error:  # whatever went wrong, the other clients shall run
        return [{"client": name, "version": "-", "route": "-", "mode": "-", "checks": 0, "seconds": 0.0,
                 "failures": [f"not installed: {error}"]}]
    rows = []
    for route in client.ROUTES:
        for mode in getattr(client, "MODES", MODES):
            rows.append({"client": name, "version": version, "route": route, "mode": mode,
                         **case(name, route, mode, arguments)})
            print(f"  {name} {route} {mode}: {'FAIL' if rows[-1]['failures'] else 'pass'}", file=sys.stderr, flush=True)
    return rows


def case(name, route, mode, arguments):
    """Runs one case in a process of its own, in a namespace if its addresses need one."""
    command = [str(HERE / "run.py"), "--binary", str(arguments.binary), "--work", str(arguments.work), "--case", name,
               route, mode, *(["--bless"] if arguments.bless else [])]
    started = time.monotonic()
    try:
        ran = subprocess.run(wrapped(route, command), capture_output=True, stdin=subprocess.DEVNULL,
                             timeout=CASE_SECONDS, check=False)
        result = json.loads(ran.stdout)
    except RuntimeError as error:
        result = {"checks": 0, "failures": [str(error)]}
    except subprocess.TimeoutExpired:
        result = {"checks": 0, "failures": [f"not done within {CASE_SECONDS} s"]}
    except json.JSONDecodeError:
        said = (ran.stdout + ran.stderr).decode(errors="replace")[-2000:]
        result = {"checks": 0, "failures": [f"left with {ran.returncode}: {said}"]}
    return {**result, "seconds": time.monotonic() - started}


def wrapped(route, command):
    """The command line of a case."""
    if route == "run-user":
        return user.wrap(command)
    if route in ("endpoint", "run", "batch"):
        return [sys.executable, *command]
    return namespace.wrap([sys.executable, *command])


def child(arguments):
    """One case; its result as JSON on stdout."""
    name, route, mode = arguments.case
    client, check = CLIENTS[name], Check()
    try:
        if route in ("ipv4", "ipv6"):
            namespace.take_addresses()
        if hasattr(client, "run_without_world"):
            client.run_without_world(arguments, mode, check)
        else:
            in_world(client, World(arguments.binary, arguments.work, mode, route), check)
    except Exception:
        check.failures.append(traceback.format_exc().strip())
    if not check.made and not check.failures:
        check.failures.append("checked nothing")
    print(json.dumps({"checks": check.made, "failures": check.failures}))
    return 0


def in_world(client, world, check):
    try:
        client.run(world, check)
    except Exception:
        check.failures.append(f"{traceback.format_exc().strip()}\nserver: {world.said()}")
    finally:
        world.close()


def table(rows):
    head = {"client": "client", "version": "version", "route": "route", "mode": "mode"}
    widths = {key: max(len(row[key]) for row in [head, *rows]) for key in head}
    line = "  ".join(f"{{{key}:{width}}}" for key, width in widths.items())
    print(line.format(**head) + "  result  checks  seconds")
    for row in rows:
        result = "FAIL" if row["failures"] else "pass"
        print(line.format(**{key: row[key] for key in head}) + f"  {result:6}  {row['checks']:6}  {row['seconds']:7.1f}")


if __name__ == "__main__":
    sys.exit(main())
