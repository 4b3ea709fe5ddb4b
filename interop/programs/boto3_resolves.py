"""Which credentials and region boto3 finds: scenarios on stdin, one {"env", "profile"} a line; one answer a line.

All of stdin is read first: whoever asks for an MFA code finds it at its end.
"""

import json
import logging
import os
import sys

import boto3

logging.disable(logging.CRITICAL)
BASE = dict(os.environ)


def resolve(scenario):
    os.environ.clear()
    os.environ.update({**BASE, **scenario["env"]})
    seen = {"akid": None, "token": None, "error": None}
    try:
        session = boto3.Session(profile_name=scenario["profile"])
        seen["region"] = session.region_name
        found = session.get_credentials()
        if found is not None:
            frozen = found.get_frozen_credentials()
            seen["akid"], seen["token"] = frozen.access_key, frozen.token
    except Exception as error:  # whatever it is, it is what boto3 does here
        seen["error"] = f"{type(error).__name__}: {error}"
    return seen


for line in sys.stdin.readlines():
    print(json.dumps(resolve(json.loads(line))), flush=True)
