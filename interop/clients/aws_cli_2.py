"""The AWS command line, version 2, from Debian: credentials and region, both from the metadata service."""

import install as get
from clients import aws_cli

ROUTES = aws_cli.ROUTES
# What Debian's package depends on, within the bounds that it sets.
PACKAGES = ["awscrt==0.16.26", "colorama<0.4.7", "cryptography<40", "distro<1.9", "docutils<0.20", "jmespath<1.1",
            "prompt-toolkit<3.0.39", "python-dateutil<2.9", "ruamel.yaml<0.17.22", "urllib3<1.27"]


def install(work):
    get.debian(work, "awscli")
    get.python(work, "awscli-2", PACKAGES)


def version(work):
    return get.debian_version(work / "debian" / "awscli")


def run(world, check):
    listed = aws_cli.observe(world, check, command(world), regions=[])
    check.equal("region and its source", listed["region"][:2], [world.expected["region"], "imds"])


def command(world):
    modules = world.work / "debian" / "awscli" / "usr/lib/python3/dist-packages"
    python = world.work / "python" / "awscli-2" / "bin" / "python"
    extra = {"PYTHONPATH": str(modules), "AWS_PAGER": ""}

    def aws(*words):
        return world.run(python, "-m", "awscli", *words, extra=extra)
    return aws
