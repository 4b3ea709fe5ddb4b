"""This product signs, `s3s` verifies, an S3 server in Rust by others: `sign` as a curl command and as a raw request, `presign`
opened with plain curl, with keys of all kinds; what is expired, changed or somebody else's is refused."""

import datetime
import subprocess

import install as get
from namespace import take_names
from sender import Sender
from witness import KEY, MODES, TOKEN
from world import clean_environment

ROUTES = ("aws",)
VERSION = "0.14.1"
BUCKET = "interop-bucket"
DOMAIN = "s3.interop.test"
PORT = 9000
KEYS = ["plain.txt", "a b+c/d.txt", "ünï/中.txt", "odd !'()*~$@=&;,:.txt", "percent%41%2F.txt", "a?b#c.txt", "[x]{y}|^`\".txt"]

QUERIES = ["?prefix=b&delimiter=a&acl", "?A=3&a=1", "?a-b=1&a=1", "?a=1&%C3%BC=1", "?%C3%BC", "?a=%2B+%20", "?a=/:@!*'()",
           "?a=%41%7e", "?a=1&a=2", "?a=2&a=1"]
# s3s sorts parameters by their names alone.
KNOWN = ["?a=2&a=1"]


def install(work):
    get.cargo(work, "s3s-fs", VERSION, "binary")


def version(_work):
    return VERSION


def run_without_world(arguments, mode, check):
    home = arguments.work / "checked-by-s3s" / mode
    (home / "data").mkdir(parents=True, exist_ok=True)
    take_names([DOMAIN, f"{BUCKET}.{DOMAIN}"], home)
    server = get.cargo_binary(arguments.work, "s3s-fs")
    command = [server, "--host", "127.0.0.1", "--port", str(PORT), "--access-key", KEY[0], "--secret-key", KEY[1],
               "--domain", f"{DOMAIN}:{PORT}", home / "data"]
    running = subprocess.Popen(command, env={**clean_environment(home), "RUST_LOG": "error"}, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        get.wait_for_port(PORT)
        observe(sender(arguments, home, mode), check, mode)
    finally:
        running.kill()
        running.wait()


def sender(arguments, home, mode):
    environment = {**clean_environment(home), "AWS_REGION": "eu-central-1"}
    return Sender(arguments.binary, home, environment, PORT).with_keys(*KEY, TOKEN if mode == "session" else None)


def observe(us, check, mode):
    check.equal("the bucket", us.signed_curl("PUT", f"http://127.0.0.1:{PORT}/{BUCKET}", *S3)[0] in (200, 409), True)
    for name in KEYS:
        objects(us, check, name)
        urls(us, check, name)
    query = "?list-type=2&prefix=a%20b%2Bc%2F&delimiter=%2F&start-after=&max-keys=7&fetch-owner=true"
    status, body = us.signed_raw("GET", f"http://127.0.0.1:{PORT}/{BUCKET}{query}", *S3)
    check.holds("a list by odd parameters", status == 200 and b"a b+c/d.txt" in body, (status, body[:500]))
    for query in QUERIES:
        status, body = us.signed_curl("GET", f"http://127.0.0.1:{PORT}/{BUCKET}{query}", *S3)
        taken = b"SignatureDoesNotMatch" not in body
        check.equal(f"{query}: the signature is taken, {body[:300]}", taken, query not in KNOWN)
    refusals(us, check)


def objects(us, check, name):
    """Put and fetched again, the two forms of output taking turns."""
    content = f"content of {name}"
    address = us.presigned("--endpoint-url", f"http://127.0.0.1:{PORT}", f"s3://{BUCKET}/{name}").split("?")[0]
    put = us.signed_curl("PUT", address, "--data-raw", content, "-H", "Content-Type: text/plain", "-H",
                         "x-amz-meta-name: two  spaces", *S3)
    check.equal(f"{name}: put", put[0], 200)
    check.equal(f"{name}: fetched, raw", us.signed_raw("GET", address, *S3), (200, content.encode()))
    check.equal(f"{name}: fetched, curl", us.signed_curl("GET", address, *S3), (200, content.encode()))
    unsigned = us.signed_curl("PUT", address, "--data-raw", content, "--unsigned-payload", *S3)
    check.equal(f"{name}: put without a hash", unsigned[0], 200)


def urls(us, check, name):
    """Opened with plain curl, for both styles of addresses."""
    for style in (["--endpoint-url", f"http://127.0.0.1:{PORT}"],
                  ["--endpoint-url", f"http://{DOMAIN}:{PORT}", "--addressing-style", "virtual"]):
        address = f"s3://{BUCKET}/{name}"
        put = us.presigned("-X", "PUT", *style, address)
        check.equal(f"{put}: put", us.curl("--upload-file", "-", put, given=b"by URL")[0], 200)
        fetch = us.presigned("--expires-in", "60", *style, address)
        check.equal(f"{fetch}: fetched", us.curl(fetch), (200, b"by URL"))
        check.equal(f"{put}: a URL of PUT is none of GET", us.curl(put)[0], 403)
        at = fetch.index("?") - 1
        other = fetch[:at] + ("x" if fetch[at] != "x" else "y") + fetch[at + 1:]
        check.equal(f"{other}: changed", us.curl(other)[0], 403)
        long_ago = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=2)
        expired = us.presigned("--expires-in", "60", "--date", long_ago.strftime("%Y%m%dT%H%M%SZ"), *style, address)
        check.equal(f"{expired}: expired", us.curl(expired)[0], 403)


def refusals(us, check):
    address = f"http://127.0.0.1:{PORT}/{BUCKET}/plain.txt"
    for what, other in (("another secret", us.with_keys(KEY[0], "another")), ("another key", us.with_keys("AKIAOTHER", "s"))):
        check.equal(f"{what} is refused", other.signed_raw("GET", address, *S3)[0], 403)
    check.equal("nobody is refused", us.curl(address)[0], 403)


S3 = ("--service", "s3")
