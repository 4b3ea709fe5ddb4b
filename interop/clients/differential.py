"""A hundred thousand random requests, signed by this product, by botocore and by the `aws-sigv4` crate.

Where two signatures differ, the other signer's is made again by a slow model of signing with that signer's departures
switched on: only what is found again has a known reason. Our verifier judges all that was signed. The reasons and how often
each came stand in `docs/signing-differences.md`, which is the output of this and compared with it.
"""

import collections
import json
import re
import subprocess

import install as get
import signing_model as model
from clients import boto3 as boto3_client
from world import clean_environment

ROUTES = ("batch",)
MODES = ("seed 4",)
COUNT = 100_000
SECONDS = 280
DOCUMENT = get.HERE.parent / "docs" / "signing-differences.md"
PARTIES = {"botocore": model.BOTOCORE, "aws-sigv4": model.AWS_SIGV4}


def install(work):
    boto3_client.install(work)
    get.rust(work)


def version(_work):
    return f"{COUNT} requests"


def run_without_world(arguments, mode, check):
    home = arguments.work / "differential"
    home.mkdir(parents=True, exist_ok=True)
    tally = Tally()
    made = Answers(arguments, home, mode.split()[1])
    with made as lines, made.requests.open(encoding="utf-8") as requests:
        for line, request in zip(lines, requests):
            tally.take(json.loads(request), json.loads(line))
    tally.judge(check)
    compare_document(arguments, tally, check)


class Answers:
    """The output of `sign-requests`, line by line; the files that it is made of are gone when the block ends."""

    def __init__(self, arguments, home, seed):
        programs = get.HERE / "programs"
        python = arguments.work / "python" / "boto3" / "bin" / "python"
        self.requests, self.botocore = home / "requests.jsonl", home / "botocore.jsonl"
        self.write(home, self.requests, python, programs / "random_requests.py", seed, COUNT)
        self.write(home, self.botocore, python, programs / "botocore_signs.py", self.requests)
        self.command = [arguments.work / "rust" / "debug" / "sign-requests", self.requests, self.botocore]
        self.home = home

    @staticmethod
    def write(home, target, *command):
        with target.open("wb") as out:
            subprocess.run([str(word) for word in command], stdout=out, env=clean_environment(home), check=True,
                           timeout=SECONDS)

    def __enter__(self):
        self.signing = subprocess.Popen([str(word) for word in self.command], stdout=subprocess.PIPE, text=True,
                                        encoding="utf-8", env=clean_environment(self.home))
        return self.signing.stdout

    def __exit__(self, kind, *_):
        if kind is not None:
            self.signing.kill()
        self.requests.unlink()
        self.botocore.unlink()
        if self.signing.wait() != 0 and kind is None:
            raise RuntimeError(f"sign-requests left with {self.signing.returncode}")


class Tally:
    """What came of all requests."""

    def __init__(self):
        self.requests = 0
        self.kinds = collections.Counter()
        self.same = collections.Counter()
        self.reasons = {name: collections.defaultdict(collections.Counter) for name in PARTIES}
        self.refused = collections.Counter()
        self.signed_anyway = collections.Counter()
        self.refused_by_others = collections.Counter()
        self.differ = collections.Counter()
        self.unexplained = []

    def take(self, request, answer):
        self.requests += 1
        self.kinds[(placed(request), "S3" if model.is_s3(request) else "others")] += 1
        ours = answer["ours"]
        if "refused" in ours:
            self.refuse(answer)
        elif ours["verified"] != "valid":
            self.unexplained.append(("we refuse what we sign", ours, request))
        for name, party in PARTIES.items():
            self.compare(request, ours, answer[name], name, party)

    def refuse(self, answer):
        """We do not sign it: whether others do."""
        reason = words_of_ours(answer["ours"]["refused"])
        if reason is None:
            self.unexplained.append(("we refuse", answer, None))
            return
        self.refused[reason] += 1
        self.signed_anyway.update((reason, name) for name in PARTIES if "signature" in answer[name])

    def compare(self, request, ours, theirs, name, party):
        if "refused" in theirs:
            reason = refusal(request, name, theirs["refused"])
            if reason is None:
                self.unexplained.append((f"{name} refuses", theirs, request))
            elif "signature" in ours:
                self.refused_by_others[(name, reason)] += 1
            return
        if "refused" in ours:
            return
        if ours["signature"] == theirs["signature"]:
            self.same[name] += 1
            if theirs["verified"] != "valid":
                self.unexplained.append((f"we refuse what {name} signs as we do", theirs, request))
            return
        self.explain(request, ours, theirs, name, party)

    def explain(self, request, ours, theirs, name, party):
        """By which departures the other signature, and by none of them ours, is found."""
        found = model.signature(request, party, party.switches)
        if found != theirs["signature"] or model.signature(request) != ours["signature"]:
            self.unexplained.append((f"{name} differs", [ours, theirs], request))
            return
        self.differ[name] += 1
        for reason in needed(request, party, found):
            self.reasons[name][reason][theirs["verified"] == "valid"] += 1

    def judge(self, check):
        check.equal("requests", self.requests, COUNT)
        check.equal("differences without a known reason", (len(self.unexplained), self.unexplained[:3]), (0, []))
        for kind, count in self.kinds.items():
            check.holds(f"{kind}: a tenth of all requests at least", count >= COUNT // 10, count)
        for name in PARTIES:
            check.holds(f"{name} signs most as we do", self.same[name] > COUNT * 2 // 3, self.same[name])
        # Each is held to both other signers and to our verifier.
        check.made += self.requests


def compare_document(arguments, tally, check):
    """The page that tells of the differences is the one that this run makes."""
    text = PAGE.format(
        requests=f"{tally.requests:,}", botocore=boto3_client.version(arguments.work), aws_sigv4=aws_sigv4_version(),
        kinds=rows(sorted((f"{service}, by {place}", f"{count:,}") for (place, service), count in tally.kinds.items())),
        alike=rows((name, f"{tally.same[name]:,}", f"{tally.differ[name]:,}", f"{refused_by(tally, name):,}",
                    f"{sum(tally.refused.values()):,}") for name in PARTIES),
        reasons=rows((name, reason, WHY[(name, reason)], f"{sum(seen.values()):,}", f"{seen[True]:,}", f"{seen[False]:,}")
                     for name in PARTIES for reason, seen in sorted(tally.reasons[name].items())),
        refusals=rows((name, reason, f"{count:,}") for (name, reason), count in sorted(tally.refused_by_others.items())),
        ours=rows((reason, f"{count:,}", *(f"{tally.signed_anyway[(reason, name)]:,}" for name in PARTIES))
                  for reason, count in sorted(tally.refused.items())))
    if arguments.bless:
        DOCUMENT.write_text(text, encoding="utf-8")
    held = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""
    differing = [line for line in text.splitlines() if line not in held.splitlines()]
    check.holds("docs/signing-differences.md is what this run makes; `cargo xtask interop differential --bless` writes it",
                text == held, differing[:5])


def refused_by(tally, name):
    return sum(count for (party, _), count in tally.refused_by_others.items() if party == name)


def aws_sigv4_version():
    manifest = (get.HERE / "rust" / "Cargo.toml").read_text()
    return re.search(r'aws-sigv4 = "=([0-9.]+)"', manifest).group(1)


def rows(found):
    return "\n".join(f"| {' | '.join(cells)} |" for cells in found)


def needed(request, party, found):
    """The departures without which the signature would be another."""
    def without(switch):
        return [other for other in party.switches if other != switch]
    reasons = [switch for switch in party.switches if model.signature(request, party, without(switch)) != found]
    return reasons or [SEVERAL]


def placed(request):
    return "header" if request["expires"] is None else "query"


def words_of_ours(text):
    """Our refusals without what they quote."""
    return next((reason for part, reason in REFUSED_BY_US.items() if part in text), None)


def refusal(request, name, text):
    """Why another signer refuses, if that is known and the request shows it."""
    header = "".join(value for _, value in request["headers"])
    if name == "aws-sigv4" and "the uri was invalid" in text and set(request["target"]) & set(" <>^`{|}\\\""):
        return "a raw character that `http::Uri` refuses"
    if name == "aws-sigv4" and "invalid header value" in text and "\n" in header:
        return "a line end in a header value"
    if name == "aws-sigv4" and "invalid header value" in text and not header.isascii():
        return "a header value beyond ASCII"
    return None


REFUSED_BY_US = {
    "climbs above the root": "a path that ends in a dot segment or climbs above the root",
    "percent sign of no escape": "the percent sign of no escape",
    "holds a tab between words": "a tab between words of a header value",
    "holds a line end or a NUL byte": "a line end in a header value",
}
SEVERAL = "several at once"
WHY = {
    ("botocore", model.Switch.METHOD): "It signs the method in capitals whatever it sends; AWS signs it as it came.",
    ("botocore", model.Switch.NAMES): "It signs `Content-Length`, `Proxy-Connection` and the headers of WebSockets, which "
                                      "hops change; we leave them out. Either is right.",
    ("botocore", model.Switch.SPACE): "Tabs and all that Unicode calls white space count as it, within a value too.",
    ("botocore", model.Switch.DATE): "It writes a `Date` of its own over the request's, and sends no `X-Amz-Date`.",
    ("botocore", model.Switch.RAW_QUERY): "It signs the query of a URL as it stands: `+`, marks that are not encoded, escapes "
                                          "in small letters or of letters, empty parts. Its own clients write none of these.",
    ("botocore", model.Switch.REPLACED): "A URL that it presigns holds U+FFFD for what is no UTF-8: another request.",
    ("botocore", model.Switch.FIRST_ONLY): "A URL that it presigns keeps the first of several parameters of one name: another "
                                           "request.",
    ("botocore", model.Switch.FORM_TYPE): "Presigning takes the `Content-Type` of forms off the request.",
    ("botocore", SEVERAL): "Any one of these is enough.",
    ("aws-sigv4", model.Switch.NAMES): "It signs hop-by-hop headers, which AWS takes where no hop changes them, and leaves "
                                       "`x-amz-user-agent` and `x-amz-checksum-mode` out of presigned URLs, which services refuse "
                                       "where they are sent all the same.",
    ("aws-sigv4", model.Switch.SPACE): "Tabs around a value stay.",
    ("aws-sigv4", model.Switch.REPLACED): "In a query it signs U+FFFD for what is no UTF-8, and sends the escape.",
    ("aws-sigv4", SEVERAL): "Any one of these is enough.",
}
PAGE = """\
# Where signers differ

{requests} random requests, each signed by linklocal, by botocore {botocore} and by the `aws-sigv4` crate {aws_sigv4}: methods, paths,
queries, headers, bodies, tokens, by header and by query, for S3 and for other services. Most are what clients send; the rest
has, on purpose, what is known to be read in different ways. `cargo xtask interop differential` makes them from a seed,
compares all signatures, and fails where two differ for a reason that does not stand here.

Each difference is proven: a slow third reading of the rules (`interop/signing_model.py`) makes our signature, and, with the
departures of the other signer switched on, the other one. linklocal verifies what each of the three would send.

| requests | |
|---|---|
{kinds}

| | signs as we do | signs otherwise | refuses what we sign | we refuse |
|---|---|---|---|---|
{alike}

## Signatures that differ

Where several departures meet in one request, it counts for each. *Taken* and *refused* is what `verify` says of the other
signer's request: a request may be signed in another way and be good.

| signer | what | how | times | taken | refused |
|---|---|---|---|---|---|
{reasons}

## What others refuse and we sign

| signer | what | times |
|---|---|---|
{refusals}

## What we refuse

Whoever verifies reads these in two ways. linklocal does not sign them, so that nothing is sent that only half of the world
takes.

| what | times | botocore signs | aws-sigv4 signs |
|---|---|---|---|
{ours}
"""
