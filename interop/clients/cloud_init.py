"""cloud-init's Ec2 datasource, from Debian: a full crawl, nothing missing, nothing else.

One listed child that does not answer spoils its whole crawl, so the tree it ends with is compared with ours leaf by leaf.
"""

import json

import install as get
from world import LINK_LOCAL_V6

ROUTES = ("endpoint", "ipv4", "ipv6", "run", "run-user")
# Of the modules that Debian's package depends on, those that the datasource needs.
PACKAGES = ["PyYAML", "requests", "configobj", "oauthlib", "jsonpatch", "jsonschema", "jinja2"]


def install(work):
    get.debian(work, "cloud-init")
    get.python(work, "cloud-init", PACKAGES)


def version(work):
    return get.debian_version(work / "debian" / "cloud-init")


def run(world, check):
    before = world.counter("linklocal_metadata_no_token_total")
    seen = crawl(world)
    check.equal("calls by version 1", world.counter("linklocal_metadata_no_token_total") - before, 0)
    build = seen["_metadata_api_version"]
    check.equal("build it settled on", build, "2021-03-23")
    check.equal("user data", seen["user-data"], world.expected["user-data"])
    check.equal("instance id", seen["meta-data"]["instance-id"], world.expected["instance-id"])
    check.equal("region of the identity document", seen["dynamic"]["instance-identity"]["document"]["region"],
                world.expected["region"])
    compare(check, "meta-data", flat(seen["meta-data"]), wanted(world, f"/{build}/meta-data/"))
    compare(check, "dynamic", flat({"instance-identity": seen["dynamic"]["instance-identity"]}),
            {path: value for path, value in wanted(world, f"/{build}/dynamic/").items()
             if path.startswith("instance-identity/")})
    for address, macs in (("ipv6s", seen["meta-data"]["network"]["interfaces"]["macs"]),):
        check.equal(address, macs[world.expected["mac"]][address], world.expected["ipv6"])


def crawl(world):
    urls = {"endpoint": [world.url], "ipv6": [f"http://[{LINK_LOCAL_V6}]"]}.get(world.route)
    modules = world.work / "debian" / "cloud-init" / "usr/lib/python3/dist-packages"
    python = world.work / "python" / "cloud-init" / "bin" / "python"
    said = world.run(python, get.HERE / "programs" / "cloud_init_program.py", json.dumps(urls), world.home,
                     extra={"PYTHONPATH": str(modules)})
    return json.loads(said)


def wanted(world, root):
    """Our own crawl, put into cloud-init's form."""
    leaves = {}
    for path, body in world.metadata.crawl(root).items():
        if "security-credentials/" in path:
            continue  # cloud-init leaves credentials where they are
        if path.startswith("public-keys/0/"):
            path = f"public-keys/{world.expected['key-name']}"
        leaves[path] = decoded(body.decode())
    return leaves


def decoded(text):
    if text.strip().startswith("{") and text.strip().endswith("}"):
        return json.loads(text)
    return text.splitlines() if "\n" in text else text


def flat(tree, prefix=""):
    leaves = {}
    for name, value in tree.items():
        documents = isinstance(value, dict) and prefix + name in DOCUMENTS
        if isinstance(value, dict) and not documents:
            leaves.update(flat(value, f"{prefix}{name}/"))
        else:
            leaves[prefix + name] = value
    return leaves


def compare(check, what, got, wanted_leaves):
    check.equal(f"{what}: missing", sorted(set(wanted_leaves) - set(got)), [])
    check.equal(f"{what}: not listed by us", sorted(set(got) - set(wanted_leaves)), [])
    check.holds(f"{what}: more than 25 leaves" if what == "meta-data" else f"{what}: four leaves",
                len(got) > 25 if what == "meta-data" else len(got) == 4, str(len(got)))
    for path in sorted(set(got) & set(wanted_leaves)):
        check.equal(f"{what}/{path}", got[path], wanted_leaves[path])


# Leaves that hold JSON objects, which cloud-init reads into dictionaries like directories.
DOCUMENTS = {"iam/info", "identity-credentials/ec2/info", "instance-identity/document"}
