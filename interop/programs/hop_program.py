"""What a caller at some distance sees of the metadata service at a URL: printed as JSON."""

import http.client
import json
import sys
import urllib.parse

SECONDS = 2
LIFE = {"X-aws-ec2-metadata-token-ttl-seconds": "60", "Connection": "keep-alive"}


def connect(url):
    return http.client.HTTPConnection(urllib.parse.urlsplit(url).hostname, 80, timeout=SECONDS)


def ask(connection, method, path, headers):
    connection.request(method, path, headers=headers)
    reply = connection.getresponse()
    body = reply.read().decode()
    return body if reply.status == 200 else f"status {reply.status}"


def attempt(action):
    try:
        return action()
    except TimeoutError:
        return "timeout"
    except OSError as error:
        return type(error).__name__


def token(url):
    return f"{len(ask(connect(url), 'PUT', '/latest/api/token', LIFE))} characters"


def kept(url):
    """A token, then a GET with it on the same connection."""
    connection = connect(url)
    found = ask(connection, "PUT", "/latest/api/token", LIFE)
    headers = {"X-aws-ec2-metadata-token": found, "Connection": "keep-alive"}
    return ask(connection, "GET", "/latest/meta-data/instance-id", headers)


def main(url):
    print(json.dumps({
        "token": attempt(lambda: token(url)),
        "kept": attempt(lambda: kept(url)),
        "get": attempt(lambda: ask(connect(url), "GET", "/latest/meta-data/instance-id", {})),
    }))


main(sys.argv[1])
