"""`curl --aws-sigv4` signs, this product verifies: Debian's curl.

What Debian's curl signs wrongly is in a table with what is wrong about it: those requests have to be refused, by us as by AWS.
"""

import hashlib

import install as get
from witness import KEY, LOCAL, MODES, REGION, TOKEN, Witness

ROUTES = ("aws",)
S3 = "interop-bucket.s3.eu-central-1.amazonaws.com"
STS = "sts.eu-central-1.amazonaws.com"
DYNAMODB = "dynamodb.eu-central-1.amazonaws.com"
LAMBDA = "lambda.eu-central-1.amazonaws.com"
NAMES = [S3, STS, DYNAMODB, LAMBDA]
# What it is, method, URL, headers, body.
REQUESTS = [
    ("an object", "GET", f"https://{S3}/plain.txt", [], None),
    ("a key with escapes", "GET", f"https://{S3}/a%20b%2Bc/%C3%BC.txt", [], None),
    ("a key with slashes", "GET", f"https://{S3}/double//slash", [], None),
    ("an upload", "PUT", f"https://{S3}/plain.txt", ["Content-Type: text/plain", "x-amz-meta-name: a  b"], "body"),
    ("a list", "GET", f"https://{S3}/?list-type=2&max-keys=7", [], None),
    ("a prefix with escapes", "GET", f"https://{S3}/?list-type=2&prefix=a%2Fb%20c%2B", [], None),
    ("parameters out of order", "GET", f"https://{S3}/?prefix=b&delimiter=a", [], None),
    ("a parameter without a value", "GET", f"https://{S3}/?acl", [], None),
    ("a parameter with an empty value", "GET", f"https://{S3}/?prefix=&list-type=2", [], None),
    ("two parameters of one name", "GET", f"https://{S3}/?a=2&a=1", [], None),
    ("a star in a parameter", "GET", f"https://{S3}/?prefix=a*b", [], None),
    ("an equals sign in a parameter", "GET", f"https://{S3}/?prefix=a=b", [], None),
    ("a colon in a parameter", "GET", f"https://{S3}/?prefix=a:b", [], None),
    ("a header given twice", "GET", f"https://{S3}/plain.txt", ["x-amz-meta-a: 1", "x-amz-meta-a: 2"], None),
    ("a port in the host", "GET", f"{LOCAL}/interop-bucket/plain.txt", [], None),
    ("a call in the query", "GET", f"https://{STS}/?Action=GetCallerIdentity&Version=2011-06-15", [], None),
    ("a call in a form", "POST", f"https://{STS}/", [], "Action=GetCallerIdentity&Version=2011-06-15"),
    ("a call in JSON", "POST", f"https://{DYNAMODB}/",
     ["Content-Type: application/x-amz-json-1.0", "X-Amz-Target: DynamoDB_20120810.ListTables"], "{}"),
    ("a path that is encoded twice", "GET",
     f"https://{LAMBDA}/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-central-1%3A1%3Afunction%3Aa", [], None),
    ("a body by a path that is encoded twice", "POST", f"https://{LAMBDA}/2015-03-31/functions/name%3Aalias/invocations",
     ["Content-Type: application/json"], "{}"),
]
# What curl signs otherwise before 8: the query as it stands, and no path twice encoded.
UNSORTED, RAW = "it signs parameters in the order in which they stand", "it signs the query as it stands"
KNOWN = {
    "parameters out of order": UNSORTED,
    "two parameters of one name": UNSORTED,
    "a parameter with an empty value": UNSORTED,
    "a parameter without a value": "it adds no equals sign",
    "a star in a parameter": RAW,
    "an equals sign in a parameter": RAW,
    "a colon in a parameter": RAW,
    "a header given twice": "it signs a line for each, and names it twice",
    "a path that is encoded twice": "it signs the path as it stands",
    "a body by a path that is encoded twice": "it signs the path as it stands",
}


def install(_work):
    get.sh("curl", "--version")


def version(_work):
    return get.sh("curl", "--version").split()[1]


def run_without_world(arguments, mode, check):
    known = KNOWN if version(None).startswith("7.88.") else {}

    def send(witness, request):
        method, url, headers, body, region, service = request
        if service == "s3":
            # Later releases send it unasked.
            headers = [*headers, f"x-amz-content-sha256: {hashlib.sha256((body or '').encode()).hexdigest()}"]
        words = [word for header in headers for word in ("-H", header)]
        words += ["--data-binary", body] if body is not None else []
        witness.run("curl", "-sS", "--path-as-is", "-o", "/dev/null", "-X", method, *words, "--aws-sigv4",
                    f"aws:amz:{region}:{service}", "--user", ":".join(KEY), url)
    observe(arguments, mode, check, send, known)


def observe(arguments, mode, check, send, known):
    """Each request alone, so that it is known which one was refused."""
    with Witness(arguments, mode, check, NAMES) as witness:
        token = [] if mode == "long-term" else [f"X-Amz-Security-Token: {TOKEN}"]
        for name, method, url, headers, body in REQUESTS:
            host = url.split("/")[2]
            service = "s3" if host.startswith(("interop", "127")) else host.split(".")[0]
            send(witness, (method, url, headers + token, body, REGION, service))
            if name in known:
                witness.refused(name, known[name])
            else:
                witness.judge(name)

