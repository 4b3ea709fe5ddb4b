"""What botocore sends to a service that throttles at a set rate, in simulated time and with rand() = 1.

    python -m venv v && v/bin/pip install botocore==1.44.5 && v/bin/python record.py

Prints the runs of botocore.json. Nothing is sent anywhere: the answers are made here.
"""

import json
import random
import threading
import time

random.random = lambda: 1.0  # before botocore takes it for a default argument

import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.retries import adaptive

BEGINNING = 1000.0
NOW = [BEGINNING]


def sleep(seconds):
    # Shortfalls below a microsecond would never end.
    NOW[0] += max(seconds, 1e-6)


class Condition(threading.Condition):
    def wait(self, timeout=None):
        sleep(timeout)
        return True


time.time = lambda: NOW[0]
time.sleep = sleep
threading.Condition = Condition

LIMITERS = []
make_limiter = adaptive.ClientRateLimiter.__init__


def noted(self, **arguments):
    make_limiter(self, **arguments)
    LIMITERS.append(self)


adaptive.ClientRateLimiter.__init__ = noted


class Service:
    """A bucket of `burst` tokens, filled at `rate` per second; a request that finds none is throttled."""

    def __init__(self, rate, burst):
        self.rate, self.burst, self.tokens, self.at = rate, burst, float(burst), NOW[0]

    def admits(self):
        self.tokens = min(self.burst, self.tokens + (NOW[0] - self.at) * self.rate)
        self.at = NOW[0]
        admitted = self.tokens >= 1.0 - 1e-9
        self.tokens -= 1.0 if admitted else 0.0
        return admitted


class Body:
    def __init__(self, content):
        self.content = content

    def stream(self, *_, **__):
        yield self.content


def run(mode, rate, burst, calls):
    NOW[0] = BEGINNING
    client = botocore.session.Session().create_client(
        "kms", region_name="us-east-1", aws_access_key_id="A", aws_secret_access_key="s", config=Config(retries={"mode": mode})
    )
    service, requests = Service(rate, burst), []

    def answer(request, **_):
        admitted = service.admits()
        row = [round(NOW[0] - BEGINNING, 6), int(admitted)]
        if mode == "adaptive":
            row.append(round(LIMITERS[-1]._token_bucket.max_rate, 6))
        requests.append(row)
        NOW[0] += 0.010
        content = b'{"Keys":[]}' if admitted else b'{"__type":"ThrottlingException"}'
        return AWSResponse(request.url, 200 if admitted else 400, {}, Body(content))

    client.meta.events.register("before-send", answer)
    failed = 0
    for _ in range(calls):
        try:
            client.list_keys()
        except Exception:
            failed += 1
    return {"mode": mode, "rate": rate, "burst": burst, "calls": calls, "failed": failed, "requests": requests}


services = [(2, 5, 40), (10, 10, 60), (0.4, 1, 8)]
print(json.dumps([run(mode, *service) for mode in ("standard", "adaptive") for service in services]))
