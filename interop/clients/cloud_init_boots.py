"""cloud-init runs an instance's user data: `linklocal instance boot --cloud-init`, with cloud-init from Debian.

It finds the instance by the metadata service alone, and the machine that it set up is gone afterwards: nothing of it is here.
"""

import pathlib
import socket
import subprocess

import install as get
from clients.cloud_init import install, version  # the same package
from world import clean_environment

ROUTES = ("run",)
SECONDS = 120

CONFIG = """\
#cloud-config
write_files:
- path: /etc/written
  content: "written by cloud-init\\n"
runcmd:
- [sh, -c, 'test "$(id -u)" = 0 && touch /usr/made-by-cloud-init /etc/made-by-cloud-init && echo "machine is mine"']
- [sh, -c, 'test -z "$(ls -A ~root)" && echo "homes are empty"']
- cat /etc/written
- echo "host name is $(hostname)"
- date -s 2001-01-01 || true
- sh -c 'echo changed > /proc/sys/kernel/domainname' || echo "the kernel is not mine"
- sh -c 'echo h > /proc/sysrq-trigger' || echo "nor its keys"
- sh -c 'find /sys/fs/cgroup -mindepth 1 | grep -q .' || echo "nor control groups"
"""

SCRIPT = """\
#!/bin/sh
token=$(curl -sX PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token)
echo "I am $(curl -s -H "X-aws-ec2-metadata-token: $token" http://169.254.169.254/latest/meta-data/instance-id)"
echo "version 1: $(curl -s -o /dev/null -w '%{http_code}' http://169.254.169.254/latest/meta-data/)"
"""

DOCUMENT = f"""\
Content-Type: multipart/mixed; boundary="b"
MIME-Version: 1.0

--b
Content-Type: text/cloud-config

{CONFIG}
--b
Content-Type: text/x-shellscript

{SCRIPT}
--b--
"""


def run(world, check):
    before = socket.gethostname()
    world.linklocal("instance", "set", f"user-data={DOCUMENT}")
    booted = boot(world)
    check.equal("exit code", booted.returncode, 0)
    said = booted.stdout.decode()
    local = world.metadata.text("/latest/meta-data/local-hostname")
    version1 = {"optional": 200, "required": 401}[world.mode]
    for line in (f"I am {world.expected['instance-id']}", "written by cloud-init", f"host name is {local.split('.')[0]}",
                 "machine is mine", "homes are empty", f"version 1: {version1}", "the kernel is not mine", "nor its keys", "nor control groups"):
        check.holds(f"cloud-init's console has {line!r}", line in said, said)
    check.holds("the clock is this machine's", "cannot set date" in said + booted.stderr.decode(), said)
    check.equal("host name of this machine", socket.gethostname(), before)
    for made in ("/usr/made-by-cloud-init", "/etc/made-by-cloud-init", "/etc/written"):
        check.holds(f"{made} is not on this machine", not pathlib.Path(made).exists())
    once(world, check)
    failing(world, check)


def once(world, check):
    again = boot(world)
    check.equal("a second boot: exit code and console", (again.returncode, again.stdout), (0, b""))
    check.holds("a second boot: was run before", b"was run before" in again.stderr, again.stderr)


def failing(world, check):
    """A script that fails is told by cloud-init's exit code."""
    world.linklocal("instance", "set", "user-data=#!/bin/sh\necho before the end\nexit 7\n")
    booted = boot(world, "--again")
    check.holds("a script that fails: exit code", booted.returncode != 0, booted.returncode)
    check.holds("a script that fails: console", b"before the end" in booted.stdout, booted.stdout)


def boot(world, *words):
    modules = next((world.work / "python" / "cloud-init").glob("lib/python3*/site-packages"))
    command = [str(world.binary), "--data", str(world.data), "instance", "boot", "--cloud-init", *words]
    return subprocess.run(["unshare", "--mount", "sh", str(get.HERE / "programs" / "with_cloud_init.sh"),
                           str(world.work / "debian" / "cloud-init"), str(modules), *command],
                          env=clean_environment(world.home), stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS,
                          check=False)
