"""What botocore makes of requests, one JSON object a line: `botocore_signs.py REQUESTS`.

Its signers are those that its clients use; only their clock is held.
"""

import datetime
import json
import sys

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


def main():
    with open(sys.argv[1], encoding="utf-8") as requests:
        for line in requests:
            try:
                sent = sign(json.loads(line))
            except Exception as error:  # what it raises is an answer, too
                sent = {"refused": f"{type(error).__name__}: {error}"}
            print(json.dumps(sent, ensure_ascii=False, separators=(",", ":")))


def sign(wanted):
    moment = datetime.datetime.fromtimestamp(wanted["time"], datetime.timezone.utc)
    botocore.auth.get_current_datetime = lambda *_, **__: moment
    request = AWSRequest(method=wanted["method"], url=f"https://{wanted['host']}{wanted['target']}",
                         data=wanted["body"].encode("latin-1"))
    for name, value in wanted["headers"]:
        request.headers[name] = value
    signer(wanted).add_auth(request)
    target = request.url.split(wanted["host"], 1)[1]
    fields = [["Host", wanted["host"]], *([name, str(value)] for name, value in request.headers.items())]
    if wanted["expires"] is None:
        signature = request.headers["Authorization"].rsplit("Signature=", 1)[1]
    else:
        signature = target.rsplit("X-Amz-Signature=", 1)[1]
    return {"target": target, "headers": fields, "signature": signature}


def signer(wanted):
    credentials = Credentials(wanted["access_key_id"], wanted["secret_access_key"], wanted["session_token"])
    names = (credentials, wanted["service"], wanted["region"])
    is_s3 = wanted["service"].startswith("s3")
    if wanted["expires"] is None:
        return (botocore.auth.S3SigV4Auth if is_s3 else botocore.auth.SigV4Auth)(*names)
    by_query = botocore.auth.S3SigV4QueryAuth if is_s3 else botocore.auth.SigV4QueryAuth
    return by_query(*names, expires=wanted["expires"])


if __name__ == "__main__":
    main()
