"""Sends requests as `curl --aws-sigv4` does, with the libcurl in pycurl's wheel: JSON on stdin; `--version` prints which.

Each request: method, URL, headers, body or null, and the region and service to sign for.
"""

import json
import os
import sys

import pycurl


def main():
    if sys.argv[1:] == ["--version"]:
        print(pycurl.version_info()[1])
        return
    for request in json.load(sys.stdin):
        send(*request)


def send(method, url, headers, body, region, service):
    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, url)
    curl.setopt(pycurl.CUSTOMREQUEST, method)
    curl.setopt(pycurl.CAINFO, os.environ["CURL_CA_BUNDLE"])
    curl.setopt(pycurl.AWS_SIGV4, f"aws:amz:{region}:{service}")
    curl.setopt(pycurl.USERPWD, f"{os.environ['AWS_ACCESS_KEY_ID']}:{os.environ['AWS_SECRET_ACCESS_KEY']}")
    curl.setopt(pycurl.HTTPHEADER, headers)
    if body is not None:
        curl.setopt(pycurl.POSTFIELDS, body)
    curl.setopt(pycurl.WRITEFUNCTION, lambda _: None)
    curl.perform()
    curl.close()


if __name__ == "__main__":
    main()
