"""Signature Version 4 read once more, slowly, with the ways in which known signers depart from it as switches.

It shares no code with the product. What it makes without a switch is what the product has to make; a signer that makes
something else has to be found again by the switches of that signer, or nobody knows why it differs.
Source: IAM User Guide, "Create a signed AWS API request".
"""

import calendar
import email.utils
import hashlib
import hmac
import time
import urllib.parse

NEVER_SIGNED = frozenset("""authorization baggage connection content-length expect keep-alive proxy-authenticate
    proxy-authorization proxy-connection sec-websocket-extensions sec-websocket-key sec-websocket-protocol
    sec-websocket-version te traceparent tracestate trailer transfer-encoding upgrade user-agent x-amzn-trace-id""".split())
UNRESERVED = "-._~"


class Switch:
    """A way to depart: its name, and whom it belongs to."""

    METHOD = "method in capitals"
    NAMES = "which headers are signed"
    SPACE = "white space in header values"
    DATE = "a Date header"
    RAW_QUERY = "query as it stands"
    REPLACED = "escapes that are no UTF-8"
    FIRST_ONLY = "one name, several parameters"
    FORM_TYPE = "the content type of forms"


class Party:
    """A signer: which switches are its own, which headers it skips, what it takes for white space."""

    def __init__(self, switches, never, never_by_query=frozenset(), words=None):
        self.switches, self.never, self.never_by_query = switches, frozenset(never), frozenset(never_by_query)
        self.words = words


def spaces_only(value):
    return " ".join(word for word in value.split(" ") if word)


BOTOCORE = Party(
    [Switch.METHOD, Switch.NAMES, Switch.SPACE, Switch.DATE, Switch.RAW_QUERY, Switch.REPLACED, Switch.FIRST_ONLY,
     Switch.FORM_TYPE],
    never="""baggage connection expect keep-alive proxy-authenticate proxy-authorization te traceparent tracestate trailer
    transfer-encoding upgrade user-agent x-amzn-trace-id""".split(),
    words=lambda value: " ".join(value.split()))
AWS_SIGV4 = Party(
    [Switch.NAMES, Switch.SPACE, Switch.REPLACED],
    never=["authorization", "user-agent", "x-amzn-trace-id", "transfer-encoding"],
    never_by_query=["x-amz-user-agent", "x-amz-checksum-mode"],
    words=spaces_only)


def signature(request, party=None, switches=()):
    """The signature of a request, departing as the party does where a switch of it is on."""
    scope = "/".join([day(request), request["region"], request["service"], "aws4_request"])
    canonical = "\n".join(canonical_request(request, scope, party, frozenset(switches)))
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = f"AWS4{request['secret_access_key']}".encode()
    for part in [*scope.split("/"), "\n".join(["AWS4-HMAC-SHA256", moment(request), scope, digest])]:
        key = hmac.digest(key, part.encode(), "sha256")
    return key.hex()


def canonical_request(request, scope, party, switches):
    fields = canonical_fields(request, party, switches)
    names = ";".join(name for name, _ in fields)
    path, _, query = request["target"].partition("?")
    method = request["method"].upper() if Switch.METHOD in switches else request["method"]
    return [method, canonical_path(path, is_s3(request)),
            canonical_query(query, parameters(request, scope, names), switches),
            *(f"{name}:{value}" for name, value in fields), "", names, payload(request)]


def canonical_path(path, as_sent):
    if as_sent:
        return path
    kept, last = [], ""
    for last in path.split("/"):
        if last == "..":
            del kept[-1:]
        elif last not in ("", "."):
            kept.append(last)
    end = "/" if last in ("", ".", "..") and kept else ""
    return urllib.parse.quote(f"/{'/'.join(kept)}{end}", safe=f"/{UNRESERVED}")


def canonical_query(query, added, switches):
    if not added and Switch.RAW_QUERY in switches:
        pairs = [pair.partition("=")[::2] for pair in query.split("&")] if query else []
        return "&".join(f"{name}={value}" for name, value in sorted(pairs))
    pairs = [decoded(pair, switches) for pair in query.split("&") if pair]
    if added and Switch.FIRST_ONLY in switches:
        pairs = list(dict(reversed(pairs)).items())
    pairs += [(name.encode(), value.encode()) for name, value in added]
    quoted = [tuple(urllib.parse.quote(text, safe=UNRESERVED) for text in pair) for pair in pairs]
    return "&".join(f"{name}={value}" for name, value in sorted(quoted))


def decoded(pair, switches):
    name, _, value = pair.partition("=")
    halves = tuple(urllib.parse.unquote_to_bytes(half.replace("+", " ")) for half in (name, value))
    if Switch.REPLACED in switches:
        halves = tuple(half.decode(errors="replace").encode() for half in halves)
    return halves


def parameters(request, scope, names):
    """What a presigned query bears besides."""
    if request["expires"] is None:
        return []
    found = [("X-Amz-Algorithm", "AWS4-HMAC-SHA256"), ("X-Amz-Credential", f"{request['access_key_id']}/{scope}"),
             ("X-Amz-Date", moment(request)), ("X-Amz-Expires", str(request["expires"])), ("X-Amz-SignedHeaders", names)]
    token = request["session_token"]
    return found if token is None else [*found, ("X-Amz-Security-Token", token)]


def canonical_fields(request, party, switches):
    by_query = request["expires"] is not None
    sent = [(name.lower(), value) for name, value in request["headers"]]
    if by_query and Switch.FORM_TYPE in switches:
        sent = without_form_type(sent)
    added = [("host", request["host"])]
    if not by_query:
        sent, dates = dated(request, sent, switches)
        added += dates
        added += [("x-amz-content-sha256", payload(request))] if is_s3(request) else []
        added += [] if request["session_token"] is None else [("x-amz-security-token", request["session_token"])]
    never = NEVER_SIGNED
    if Switch.NAMES in switches:
        never = party.never | (party.never_by_query if by_query else frozenset())
    words = party.words if Switch.SPACE in switches else single_spaced
    values = {}
    for name, value in sent + added:
        if name not in never:
            values.setdefault(name, []).append(words(value))
    return sorted((name, ",".join(found)) for name, found in values.items())


def single_spaced(value):
    """Neither spaces nor tabs around a value are part of it; tabs within are for nobody to sign."""
    return spaces_only(value.strip(" \t"))


def without_form_type(sent):
    """The first content type, if it is that of forms, takes all of them with it."""
    first = next((value for name, value in sent if name == "content-type"), None)
    if first != "application/x-www-form-urlencoded; charset=utf-8":
        return sent
    return [field for field in sent if field[0] != "content-type"]


def dated(request, sent, switches):
    if Switch.DATE in switches and any(name == "date" for name, _ in sent):
        text = email.utils.formatdate(calendar.timegm(time.gmtime(request["time"])))
        return [field for field in sent if field[0] != "date"], [("date", text)]
    return sent, [("x-amz-date", moment(request))]


def payload(request):
    if request["expires"] is not None and is_s3(request):
        return "UNSIGNED-PAYLOAD"
    return hashlib.sha256(request["body"].encode("latin-1")).hexdigest()


def is_s3(request):
    return request["service"].startswith("s3")


def day(request):
    return moment(request)[:8]


def moment(request):
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(request["time"]))
