"""Random requests to be signed, one JSON object a line: `random_requests.py SEED COUNT`.

Most are what clients send. Some have what is known to be read in different ways, each for itself and together: dots and
empty segments, plus signs, escapes of any kind, white space, names twice, headers that signers skip. The same seed makes
the same requests.
"""

import json
import random
import sys
import urllib.parse

KEYS = [("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
        ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        ("ASIA23Y4Z5A6B7C8D9E0", "0123456789+/abcdefghijklmnopqrstuvwxyzAB")]
SERVICES = ["s3", "s3", "s3", "s3-object-lambda", "sts", "dynamodb", "ec2", "lambda", "execute-api", "iam", "sqs", "es"]
REGIONS = ["us-east-1", "eu-central-1", "ap-southeast-2", "cn-north-1", "us-gov-west-1"]
METHODS = ["GET"] * 8 + ["PUT"] * 4 + ["POST"] * 4 + ["DELETE", "HEAD", "PATCH", "OPTIONS"]
UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
# What texts hold besides; it goes out encoded.
OTHERS = " !\"#$%&'()*+,/:;<=>?@[\\]^`{|}äßéñøЖ中文🦀"
RAW_IN_PATH = "!$&'()*+,;=:@"
RAW_IN_QUERY = "!$'()*,;:@/?"
REFUSED_BY_SOME = "<>^`{|}\"\\"
HEADERS = ["Content-Type", "Content-MD5", "Range", "If-Match", "Accept", "Accept-Encoding", "Cache-Control", "X-Amz-Target",
           "x-amz-meta-Name", "X-AMZ-META-note", "x-amz-acl", "X-Amz-User-Agent", "x-amz-checksum-mode", "amz-sdk-request",
           "X-Custom", "Cookie", "Origin", "x-amz-storage-class"]
# All of them are skipped by one signer at least.
SKIPPED = ["User-Agent", "Connection", "Expect", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Keep-Alive",
           "Proxy-Connection", "Proxy-Authorization", "X-Amzn-Trace-Id", "Content-Length", "Sec-WebSocket-Key", "traceparent",
           "tracestate", "baggage"]
TYPES = ["application/json", "application/x-amz-json-1.0", "application/x-www-form-urlencoded; charset=utf-8", "text/plain"]


def main():
    seed, count = sys.argv[1:]
    chance = random.Random(int(seed))
    for _ in range(int(count)):
        print(json.dumps(request(chance), ensure_ascii=False, separators=(",", ":")))


def request(chance):
    key = chance.choice(KEYS)
    service = chance.choice(SERVICES)
    by_query = chance.random() < 0.45
    method = chance.choice(METHODS)
    body = "" if by_query or chance.random() < 0.5 else text_of_bytes(chance)
    return {
        "method": method.lower() if chance.random() < 0.005 else method,
        "host": host(chance, service),
        "target": path(chance) + query(chance),
        "headers": headers(chance, few=by_query),
        "body": body,
        "service": service,
        "region": chance.choice(REGIONS),
        "time": chance.randrange(1_000_000_000, 2_500_000_000),
        "access_key_id": key[0],
        "secret_access_key": key[1],
        "session_token": token(chance) if chance.random() < 0.3 else None,
        "expires": chance.choice([1, 60, 3600, 604_800]) if by_query else None,
    }


def text_of_bytes(chance):
    return "".join(map(chr, chance.randbytes(chance.choice([1, 17, 200, 1500]))))


def host(chance, service):
    name = chance.choice([f"{service}.amazonaws.com", f"bucket.{service}.eu-central-1.amazonaws.com", "localhost:4566",
                          "127.0.0.1:9000", "[::1]:8080", "example.com"])
    return name


def token(chance):
    return "".join(chance.choices(UNRESERVED[:62] + "+/", k=chance.choice([40, 300, 900]))) + "=="


def path(chance):
    segments = [segment(chance) for _ in range(chance.choice([0, 1, 1, 2, 2, 3, 5]))]
    for odd, often in (("", 0.03), (".", 0.02), ("..", 0.02)):
        if chance.random() < often:
            segments.insert(chance.randrange(len(segments) + 1), odd)
    if chance.random() < 0.15:
        segments.append("")
    return "/" + "/".join(segments)


def segment(chance):
    return encoded(chance, RAW_IN_PATH, odd=0.025)


def encoded(chance, raw, odd):
    """A text in percent-encoding, perhaps with something that signers read differently."""
    text = "".join(chance.choices(UNRESERVED, k=chance.randrange(1, 10)))
    if chance.random() < 0.3:
        text += "".join(chance.choices(OTHERS, k=chance.randrange(1, 4)))
    text = urllib.parse.quote(text, safe="~")
    if chance.random() >= odd * 8:
        return text
    kind = chance.randrange(9)
    if kind == 0:
        return text + chance.choice(raw) + "z"
    if kind == 1:
        return text.lower() + "%c3%a9"
    if kind == 2:
        return text + chance.choice(["%7E", "%41", "%2d", "%30"])
    if kind == 3:
        return text + chance.choice(["%2F", "%252F", "%25", "%2B"])
    if kind == 4:
        return text + chance.choice("äЖ中")
    if kind == 5:
        return text + "%FF%C3"
    if kind == 6:
        return text + chance.choice(RAW_IN_PATH)
    if kind == 7:
        return text + chance.choice(REFUSED_BY_SOME) if chance.random() < 0.3 else text
    return text + chance.choice(["%", "%2", "%zz", " "]) if chance.random() < 0.3 else text


def query(chance):
    if chance.random() < 0.4:
        return "?" if chance.random() < 0.02 else ""
    pairs = []
    for _ in range(chance.choice([1, 1, 2, 3, 4, 6])):
        name = encoded(chance, RAW_IN_QUERY, odd=0.005)
        value = encoded(chance, RAW_IN_QUERY, odd=0.01)
        pairs.append(chance.choices([f"{name}={value}", name, f"{name}=", f"{name}={value}={value}", f"={value}"],
                                    [80, 6, 6, 0.4, 0.4])[0])
        if chance.random() < 0.03:
            pairs.append(f"{name}={encoded(chance, RAW_IN_QUERY, odd=0.01)}")
        if chance.random() < 0.03:
            # A hyphen and a dot sort before the equals sign, an escape before a letter.
            pairs.append(f"{name}{chance.choice(['-', '.', '%20', 'A'])}={value}")
        if chance.random() < 0.015:
            pairs.append(f"{name}={value}+{value}")
        if chance.random() < 0.01:
            pairs.append("")
    chance.shuffle(pairs)
    return "?" + "&".join(pairs)


def headers(chance, few):
    found = [(name, value(chance, name)) for name in chance.sample(HEADERS, chance.randrange(0, 2 if few else 7))]
    if chance.random() < 0.08:
        found.append((chance.choice(SKIPPED), "a"))
    if found and chance.random() < 0.05:
        name = chance.choice(found)[0]
        found.append((chance.choice([name, name.upper(), name.lower()]), value(chance, name)))
    if chance.random() < 0.004:
        found.append(("Date", "Tue, 29 Sep 2026 05:51:47 GMT"))
    chance.shuffle(found)
    return found


def value(chance, name):
    if name == "Content-Type":
        return chance.choice(TYPES)
    words = ["".join(chance.choices(UNRESERVED + ",;=/\"()", k=chance.randrange(0, 12)))
             for _ in range(chance.choice([1, 1, 1, 2, 3]))]
    if chance.random() > 0.15:
        return " ".join(words)
    return chance.choices([
        "  " + "   ".join(words) + " ",
        "",
        "\t" + " ".join(words) + "\t",
        "\t".join([*words, "end"]),
        " ".join([*words, "é中"]),
        " ".join([*words, "a\u00a0b"]),
        "\r\n ".join([*words, "end"]),
    ], [60, 20, 6, 6, 6, 4, 1])[0]


if __name__ == "__main__":
    main()
