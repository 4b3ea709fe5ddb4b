"""A libcurl of this year signs as `curl --aws-sigv4` does, this product verifies: the one in pycurl's wheel."""

import json

import install as get
from clients import signed_curl
from witness import MODES

ROUTES = ("aws",)
PACKAGES = ["pycurl==7.49.0"]
PROGRAM = get.HERE / "programs" / "pycurl_signs.py"
KNOWN = {}


def install(work):
    get.python(work, "pycurl", PACKAGES)


def version(work):
    return get.sh(python(work), PROGRAM, "--version").strip()


def python(work):
    return work / "python" / "pycurl" / "bin" / "python"


def run_without_world(arguments, mode, check):
    def send(witness, request):
        witness.run(python(arguments.work), PROGRAM, given=json.dumps([request]).encode())
    signed_curl.observe(arguments, mode, check, send, KNOWN)
