"""Connects as programs do: `threads N`, or `sockets` for one of each kind. Prints what it found as JSON."""

import asyncio
import collections
import fcntl
import json
import os
import select
import socket
import sys
import threading

V4, V6 = ("169.254.169.254", 80), ("fd00:ec2::254", 80)
REQUEST = b"GET /latest/meta-data/instance-id HTTP/1.1\r\nHost: %s\r\n\r\n"


def ask(connection, host=b"169.254.169.254"):
    connection.sendall(REQUEST % host)
    answer = b"".join(iter(lambda: connection.recv(65536), b""))
    return answer.rsplit(b"\r\n", 1)[-1].decode()


def threads(count):
    """Each thread connects again and again, on descriptors that come and go beside those of the others."""
    seen, barrier = collections.Counter(), threading.Barrier(count)

    def work():
        barrier.wait()
        for _ in range(8):
            with socket.create_connection(V4, 30) as connection:
                seen[ask(connection)] += 1

    workers = [threading.Thread(target=work) for _ in range(count)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return seen


def blocking():
    with socket.socket() as connection:
        connection.connect(V4)
        return ask(connection)


def non_blocking():
    with socket.socket() as connection:
        connection.setblocking(False)
        connection.connect_ex(V4)
        select.select([], [connection], [], 10)
        if connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            return "failed"
        if not os.get_blocking(connection.fileno()):
            connection.setblocking(True)
            return ask(connection)
        return "became blocking"


def with_timeout():
    with socket.create_connection(V4, 10) as connection:
        return ask(connection)


def by_asyncio():
    async def work():
        reader, writer = await asyncio.open_connection(*V4)
        writer.write(REQUEST % b"169.254.169.254")
        answer = await reader.read()
        writer.close()
        return answer.rsplit(b"\r\n", 1)[-1].decode()
    return asyncio.run(work())


def over_ipv6():
    with socket.socket(socket.AF_INET6) as connection:
        connection.connect(V6)
        return ask(connection, b"[fd00:ec2::254]")


def mapped():
    with socket.socket(socket.AF_INET6) as connection:
        connection.connect(("::ffff:169.254.169.254", 80))
        return ask(connection)


def peer_name():
    """Some libraries compare the peer with what they connected to; most only want one to be there."""
    with socket.create_connection(V4, 10) as connection:
        found = connection.getpeername()
        return ask(connection) if len(found) == 2 else f"peer is {found}"


def flags():
    with socket.socket() as connection:
        os.set_inheritable(connection.fileno(), True)
        connection.connect(V4)
        if fcntl.fcntl(connection.fileno(), fcntl.F_GETFD) & fcntl.FD_CLOEXEC:
            return "became close-on-exec"
        os.set_inheritable(connection.fileno(), False)
        return ask(connection)


def duplicated():
    """The number that was connected is the one that is used."""
    with socket.socket() as first:
        second = socket.socket(fileno=os.dup(first.fileno()))
        with second:
            second.connect(V4)
            return ask(second)


def elsewhere():
    """What is not the service's own is left alone."""
    with socket.socket() as listener, socket.socket() as connection:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        connection.connect(listener.getsockname())
        accepted, _ = listener.accept()
        with accepted:
            same = accepted.getsockname() == connection.getpeername()
        return "as it was" if same else "changed"


KINDS = {
    "blocking": blocking,
    "non-blocking": non_blocking,
    "asyncio": by_asyncio,
    "with a timeout": with_timeout,
    "IPv6": over_ipv6,
    "IPv4 in IPv6": mapped,
    "peer name": peer_name,
    "flags": flags,
    "duplicated descriptor": duplicated,
    "other destinations": elsewhere,
}


def attempt(kind):
    try:
        return kind()
    except OSError as error:
        return f"{type(error).__name__}: {error}"


if sys.argv[1] == "threads":
    print(json.dumps(threads(int(sys.argv[2]))))
else:
    print(json.dumps({name: attempt(kind) for name, kind in KINDS.items()}))
