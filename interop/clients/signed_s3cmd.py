"""s3cmd signs, this product verifies: listing, uploads, parts, downloads, deletion."""

import install as get
from witness import KEY, LOCAL, REGION, TOKEN, Witness

ROUTES = ("aws",)
MODES = ("long-term", "session")
PACKAGES = ["s3cmd==2.4.0"]
NAMES = [f"s3.{REGION}.amazonaws.com", f"interop-bucket.s3.{REGION}.amazonaws.com"]
KEYS = ["plain.txt", "a b+c/ü!'()*~.txt"]


def install(work):
    get.python(work, "s3cmd", PACKAGES)


def version(_work):
    return PACKAGES[0].split("==")[1]


def run_without_world(arguments, mode, check):
    program = arguments.work / "python" / "s3cmd" / "bin" / "s3cmd"
    with Witness(arguments, mode, check, NAMES) as witness:
        settings = ["-c", "/dev/null", "--access_key", KEY[0], "--secret_key", KEY[1], "--region", REGION, "--no-progress",
                    "--ca-certs", witness.authority.certificate]
        settings += [] if mode == "long-term" else ["--access_token", TOKEN]
        (witness.home / "small").write_text("content")
        (witness.home / "large").write_bytes(b"x" * (6 << 20))
        local = LOCAL.removeprefix("http://")
        for hosts in (["--host", NAMES[0], "--host-bucket", f"%(bucket)s.{NAMES[0]}", "--ssl"],
                      ["--host", local, "--host-bucket", local, "--no-ssl"]):
            for words in calls():
                witness.run(program, *settings, *hosts, *words)
        witness.judge("calls", least=16)
        witness.run(program, *settings, *hosts, "put", "small", "s3://interop-bucket/spaces", "--add-header",
                    "x-amz-meta-name: two  spaces")
        witness.refused("two spaces in a row", "s3cmd signs them both")
        witness.saw({"s3 header AWS4-HMAC-SHA256 hashed"})


def calls():
    yield ["ls"]
    yield ["ls", "s3://interop-bucket/a b+c/"]
    for key in KEYS:
        yield ["put", "small", f"s3://interop-bucket/{key}", "--add-header", "x-amz-meta-name: a name"]
        yield ["get", f"s3://interop-bucket/{key}", "--force", "got"]
        yield ["del", f"s3://interop-bucket/{key}"]
    yield ["put", "large", "s3://interop-bucket/parts", "--multipart-chunk-size-mb", "5"]
