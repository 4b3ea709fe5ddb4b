"""An application that uses boto3's credentials once a second, until it is ended.

    every_second_boto3.py [SECONDS]

It asks as each signed request does: the frozen set of its session's credentials, which boto3 refreshes when it thinks
fit. With SECONDS it begins a new session that often, as worker processes that come and go do.
"""

import sys
import time

import boto3
import botocore.session

renew = float(sys.argv[1]) if len(sys.argv) > 1 else float("inf")
credentials, since = None, time.monotonic()
while True:
    try:
        if credentials is None or time.monotonic() - since >= renew:
            session = boto3.Session(botocore_session=botocore.session.Session())
            credentials, since = session.get_credentials(), time.monotonic()
        said = credentials.get_frozen_credentials().access_key if credentials else "no credentials"
    except Exception as error:  # an application would log it and go on
        said = f"{type(error).__name__}: {error}"
    print(said, file=sys.stderr, flush=True)
    time.sleep(1)
