"""S3, EC2 and STS by the JavaScript SDK."""

import json

import install as get
from account import Account, reported

ROUTES, MODES = ("batch",), ("http", "https")


def install(work):
    get.node(work, "js-account")


def version(work):
    manifest = work / "node" / "js-account" / "node_modules" / "@aws-sdk" / "client-s3" / "package.json"
    return json.loads(manifest.read_text())["version"]


def run_without_world(arguments, mode, check):
    with Account(arguments) as account:
        url, more = (account.url, {}) if mode == "http" else (account.tls_url, {"NODE_EXTRA_CA_CERTS": account.bundle})
        reported(check, account.run("node", account.work / "node" / "js-account" / "resources.mjs", url, **more))
