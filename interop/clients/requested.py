"""`linklocal request`: moto, with its authentication on, answers it; and beside botocore, what is asked again and how often.

Which answers are worth another attempt is counted where they are given: each case is a path of one server, asked by botocore and by
us in the same mode. What botocore of today calls standard and adaptive is what its kin had behind AWS_NEW_RETRIES_2026.
"""

import concurrent.futures
import json
import subprocess
import threading

import install as get
import namespace
from clients import checked_by_moto as moto
from recorder import Recorder
from sender import Sender
from world import clean_environment

ROUTES, MODES = ("aws",), ("moto", "standard-2.1", "adaptive-2.1", "legacy")
PATIENT = True
PACKAGES = moto.PACKAGES
PORT, REGION, SECONDS = 18996, "eu-central-1", 60


def install(work):
    moto.install(work)


def version(work):
    return f"moto {moto.version(work)}"


def run_without_world(arguments, mode, check):
    home = arguments.work / "requested" / mode
    home.mkdir(parents=True, exist_ok=True)
    namespace.take_names([], home)
    if mode == "moto":
        by_moto(arguments, home, check)
    else:
        beside_botocore(arguments, home, mode, check)


def by_moto(arguments, home, check):
    server = [arguments.work / "python" / "moto" / "bin" / "python", "-m", "moto.server"]
    running = subprocess.Popen([*server, "-H", "127.0.0.1", "-p", str(moto.PORT)], env=clean_environment(home),
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        get.wait_for_port(moto.PORT)
        environment = {**clean_environment(home), "AWS_REGION": REGION, "AWS_ENDPOINT_URL": moto.URL, "AWS_RETRY_MODE": "off"}
        us = moto.keys(Sender(arguments.binary, home, environment, moto.PORT).with_keys("AKIAANYBODY", "any"))
        moto.authenticate(True)
        observe(us, check)
    finally:
        running.kill()
        running.wait()


def observe(us, check):
    for words, wanted in ((["sts:GetCallerIdentity"], ":user/interop"),
                          (["iam:ListUsers", "-p", "PathPrefix=/"], "<UserName>interop"),
                          (["ec2:DescribeRegions", "-p", f"RegionName.1={REGION}"], REGION),
                          (["dynamodb:ListTables", "-p", "Limit:=7"], "TableNames"),
                          (["kms:ListKeys"], "Keys"),
                          (["secretsmanager:ListSecrets", "-p", "MaxResults:=7"], "SecretList")):
        status, said, told = request(us, *words)
        check.holds(f"{words[0]}", status == 0 and wanted in said, (status, said[:300], told[:300]))
    status, _, told = request(us, "PUT", "s3://bucket", "--fail", "--content-type", "application/xml", "-d", moto.LOCATION)
    check.equal("a bucket is made", (status, told if status else ""), (0, ""))
    for name in moto.KEYS:
        put = request(us, "PUT", f"s3://bucket/{name}", "--fail", "-T", "-", given=f"content of {name}")
        check.equal(f"{name}: put", (put[0], put[2] if put[0] else ""), (0, ""))
        check.equal(f"{name}: fetched", request(us, "GET", f"s3://bucket/{name}")[:2], (0, f"content of {name}"))
    fetched = us.home / "fetched"
    request(us, "GET", f"s3://bucket/{moto.KEYS[0]}", "-o", str(fetched))
    check.equal("fetched into a file", fetched.read_text(), f"content of {moto.KEYS[0]}")
    other = us.with_keys(us.environment["AWS_ACCESS_KEY_ID"], "another")
    status, said, told = request(other, "sts:GetCallerIdentity")
    check.holds("another secret is refused, and the refusal explained",
                "SignatureDoesNotMatch" in said + told and status in (0, 1), (status, said[:300], told[:600]))
    status, said, told = request(us, "sts:GetCallerIdentity", "--count", "20", "--json")
    check.holds("twenty", status == 0 and json.loads(said), (status, said[:300], told[:300]))


def beside_botocore(arguments, home, mode, check):
    """How often each answer is asked for, by botocore and by us."""
    counts, lock = {}, threading.Lock()

    def answer(capture):
        who, name = capture.path.strip("/").split("/")
        with lock:
            counts[who, name] = counts.get((who, name), 0) + 1
        status, code, fields = CASES[name]
        if status is None:
            raise ConnectionError("closed without an answer")
        body = ERROR.format(code=code).encode() if code else b""
        return status, [("Content-Type", "text/xml"), *fields], body

    environment = {**clean_environment(home), "AWS_REGION": REGION, "AWS_ACCESS_KEY_ID": "AKIAINTEROP",
                   "AWS_SECRET_ACCESS_KEY": "secret"}
    python = arguments.work / "python" / "moto" / "bin" / "python"
    with Recorder(answer, plain=[PORT]), concurrent.futures.ThreadPoolExecutor(len(CASES)) as pool:
        list(pool.map(lambda name: subprocess.run(
            [arguments.binary, "request", "POST", f"http://127.0.0.1:{PORT}/us/{name}", "--service", "sts", "--silent",
             "--retry-mode", mode, "-d", "Action=GetCallerIdentity&Version=2011-06-15"],
            env=environment, cwd=home, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False), CASES))
        subprocess.run([python, get.HERE / "programs" / "botocore_retries.py", f"http://127.0.0.1:{PORT}/botocore",
                        mode.removesuffix("-2.1"), *CASES],
                       env=environment, cwd=home, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=True)
    for name in CASES:
        check.equal(f"requests for {name}", counts.get(("us", name)), counts.get(("botocore", name)))


def request(us, *words, given=""):
    ran = subprocess.run([us.binary, "request", *words], env=us.environment, cwd=us.home, input=given.encode(),
                         capture_output=True, timeout=SECONDS, check=False)
    return ran.returncode, ran.stdout.decode(), ran.stderr.decode()


# What is answered, for ever: status, code, further fields.
CASES = {
    "500": (500, "InternalFailure", []),
    "500-empty": (500, None, []),
    "501": (501, "NotImplemented", []),
    "502": (502, None, []),
    "503": (503, "ServiceUnavailable", []),
    "504": (504, None, []),
    "505": (505, None, []),
    "400-Throttling": (400, "Throttling", []),
    "400-ThrottlingException": (400, "ThrottlingException", []),
    "400-RequestLimitExceeded": (400, "RequestLimitExceeded", []),
    "400-RequestTimeout": (400, "RequestTimeout", []),
    "503-SlowDown": (503, "SlowDown", []),
    "429": (429, "TooMany", []),
    "429-TooManyRequestsException": (429, "TooManyRequestsException", []),
    "400-ValidationError": (400, "ValidationError", []),
    "403-AccessDenied": (403, "AccessDenied", []),
    "404": (404, None, []),
    "409": (409, "EntityAlreadyExists", []),
    "closed": (None, None, []),
}
ERROR = ('<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>{code}</Code>'
         "<Message>as asked</Message></Error><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ErrorResponse>")
