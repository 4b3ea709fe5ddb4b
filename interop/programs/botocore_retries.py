"""Asks each case of a server once, all at a time, and lets botocore try as often as it will.

botocore_retries.py URL MODE CASE…
"""

import concurrent.futures
import sys

import botocore.session
from botocore.config import Config

url, mode, *cases = sys.argv[1:]


def ask(case):
    # A session of its own for each: quotas are a client's.
    client = botocore.session.get_session().create_client(
        "sts", region_name="eu-central-1", endpoint_url=f"{url}/{case}", config=Config(retries={"mode": mode}))
    try:
        client.get_caller_identity()
    except Exception:  # how it ends is counted at the server
        pass


with concurrent.futures.ThreadPoolExecutor(len(cases)) as pool:
    list(pool.map(ask, cases))
