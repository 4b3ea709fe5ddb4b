"""Private network namespaces, in which the real link-local addresses are ours to give.

Needs root, or a kernel that lets users make namespaces. Nothing outside the namespace changes.
"""

import os
import subprocess
import sys

from world import ECS_V4, EKS_V4, EKS_V6, LINK_LOCAL_V4, LINK_LOCAL_V6


def wrap(command):
    """The command line that runs a command with a network, and mounts, of its own."""
    own_user = [] if os.geteuid() == 0 else ["--map-root-user"]
    return ["unshare", *own_user, "--net", "--mount", "--", *command]


def take_addresses():
    """Gives the loopback interface of the namespace that we are in the addresses of metadata and of containers."""
    ip("link", "set", "lo", "up")
    for address in (LINK_LOCAL_V4, ECS_V4, EKS_V4):
        ip("addr", "add", f"{address}/32", "dev", "lo")
    for address in (LINK_LOCAL_V6, EKS_V6):
        ip("-6", "addr", "add", f"{address}/128", "dev", "lo", "nodad")


def take_names(names, home):
    """Gives names to 127.0.0.1, for the processes of this namespace alone: their `/etc/hosts` is another file."""
    ip("link", "set", "lo", "up")
    hosts = home / "hosts"
    hosts.write_text("".join(f"127.0.0.1 {name}\n" for name in ["localhost", *names]))
    subprocess.run(["mount", "--bind", hosts, "/etc/hosts"], check=True)


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def forward_packets():
    for name in ("net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"):
        with open(f"/proc/sys/{name}", "w", encoding="ascii") as setting:
            setting.write("1")


class Host:
    """A namespace beside ours, held open by a process that ends when its input does, that is, with us."""

    def __init__(self):
        script = "import sys; print('ready', flush=True); sys.stdin.read()"
        self.holder = subprocess.Popen(["unshare", "--net", "--", sys.executable, "-c", script],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.holder.stdout.readline()
        self.enter = ["nsenter", f"--net=/proc/{self.holder.pid}/ns/net", "--"]
        self.ip("link", "set", "lo", "up")

    def ip(self, *words):
        self.run("ip", *words)

    def run(self, *words):
        return subprocess.run([*self.enter, *words], check=True, capture_output=True).stdout.decode()

    def close(self):
        self.holder.stdin.close()
        self.holder.wait()
