"""openssl: the identity document and its three signatures, by the commands of AWS's user guide."""

import base64
import json

import imds
import install as get

ROUTES = ("endpoint",)
DYNAMIC = "/latest/dynamic/instance-identity/"


def install(_work):
    get.sh("openssl", "version")


def version(_work):
    return get.sh("openssl", "version").split()[1]


def run(world, check):
    document = fetch(world, "document")
    seen = json.loads(document)
    for name, key in (("instanceId", "instance-id"), ("accountId", "account-id"), ("region", "region"),
                      ("availabilityZone", "availability-zone"), ("imageId", "image-id"),
                      ("privateIp", "private-ip"), ("instanceType", "instance-type")):
        check.equal(name, seen[name], world.expected[key])
    (world.home / "document").write_bytes(document)
    (world.home / "other").write_bytes(document.replace(b'"2017-09-30"', b'"2017-09-31"'))
    enclosed(world, check, "pkcs7", "dsa.pem")
    enclosed(world, check, "rsa2048", "rsa-2048.pem")
    bare(world, check)
    for name in ("dsa.pem", "rsa-2048.pem"):
        said = world.run("openssl", "verify", "-CAfile", certificate(world, "ca.pem"), certificate(world, name))
        check.holds(f"{name} was issued by the installation's authority", said.strip().endswith("OK"), said)


def enclosed(world, check, name, signer):
    """UG "Verify the instance identity document": PKCS7 and RSA-2048."""
    body = fetch(world, name).decode()
    check.equal(f"{name}: longest line", max(map(len, body.split("\n"))), 76)
    file = world.home / name
    file.write_text(f"-----BEGIN PKCS7-----\n{body}\n-----END PKCS7-----\n")
    verify = ("openssl", "smime", "-verify", "-in", file, "-inform", "PEM", "-certfile",
              certificate(world, signer), "-noverify", "-content")
    out = world.home / f"{name}.document"
    check.holds(f"{name} verifies", works(world, *verify, "document", "-out", out))
    check.equal(f"{name}: the document it signs", out.read_bytes(), (world.home / "document").read_bytes())
    check.holds(f"{name} of another document is refused", not works(world, *verify, "other", "-out", "/dev/null"))


def bare(world, check):
    """The same page: RSA-1024, base64 alone."""
    body = fetch(world, "signature")
    check.equal("signature: size", len(body), 174)
    (world.home / "signature").write_bytes(base64.b64decode(body))
    key = world.home / "key.pem"
    key.write_text(world.run("openssl", "x509", "-pubkey", "-noout", "-in", certificate(world, "rsa-1024.pem")))
    verify = ("openssl", "dgst", "-sha256", "-verify", key, "-signature", world.home / "signature")
    check.holds("signature verifies", works(world, *verify, "document"))
    check.holds("signature of another document is refused", not works(world, *verify, "other"))


def fetch(world, name):
    # The first signature waits for the keys of a new installation; a debug build takes seconds for them.
    patient = imds.Metadata(world.url, timeout=120)
    status, body = patient.get(DYNAMIC + name, patient.token())
    if status != 200:
        raise RuntimeError(f"{name}: status {status}")
    return body


def certificate(world, name):
    return world.data / "identity" / name


def works(world, *command):
    try:
        world.run(*command)
    except RuntimeError:
        return False
    return True
