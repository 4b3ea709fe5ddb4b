"""Asks STS who it is for a while, four at a time: which keys signed, and what failed, as JSON.

boto3_identities.py URL REGION SECONDS
"""

import concurrent.futures
import json
import sys
import time

import boto3
from botocore.config import Config

url, region, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
session = boto3.Session(region_name=region)
client = session.client("sts", endpoint_url=url, config=Config(retries={"total_max_attempts": 1}))
credentials = session.get_credentials()
end = time.monotonic() + seconds


def ask(_):
    keys, failures = set(), []
    while time.monotonic() < end:
        try:
            client.get_caller_identity()
            keys.add(credentials.get_frozen_credentials().access_key)
        except Exception as error:  # whatever it is, a program would have met it
            failures.append(repr(error))
        time.sleep(0.05)
    return keys, failures


with concurrent.futures.ThreadPoolExecutor(4) as pool:
    asked = list(pool.map(ask, range(4)))
print(json.dumps({"keys": sorted(set().union(*(keys for keys, _ in asked))),
                  "failures": [failure for _, failures in asked for failure in failures][:10]}))
