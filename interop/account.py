"""A fresh account behind real endpoints, and whoever uses it.

Rule: the server is started as a newcomer would start it, and all that clients know of it is what it printed and wrote.
"""

import json
import pathlib
import shutil
import signal
import subprocess
import tempfile

from world import clean_environment

START_SECONDS = 20
CLIENT_SECONDS = 200


class Account:
    """A running server with its administrator's keys; leave it with `close`."""

    def __init__(self, arguments, *words):
        self.binary, self.work = pathlib.Path(arguments.binary), pathlib.Path(arguments.work)
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="linklocal-account-"))
        self.data = self.home / "data"
        self.log = open(self.home / "server.log", "wb")
        self.words = list(words)
        self.start()

    def start(self, *words):
        command = [str(self.binary), "up", "--json", "--data", str(self.data), "--imds", "127.0.0.1:0", *(words or ["--api", "127.0.0.1:0"]),
                   *self.words]
        self.server = subprocess.Popen(command, env=clean_environment(self.home), cwd=self.home, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=self.log)
        line = self.server.stdout.readline()
        if not line:
            raise RuntimeError(f"the server did not start: {self.said()}")
        self.banner = json.loads(line)
        self.address = self.banner["Account"]["Endpoints"][0]
        self.url, self.tls_url = f"http://{self.address}", f"https://{self.address}"
        self.bundle = self.banner["Account"]["CaBundle"]
        self.number = self.banner["Account"]["AccountId"]

    def environment(self, **more):
        """What a client gets: a home in which `up` has written its profile."""
        return {**clean_environment(self.home), "AWS_PAGER": "", **more}

    def run(self, *command, given="", seconds=CLIENT_SECONDS, **variables):
        ran = subprocess.run([str(word) for word in command], env=self.environment(**variables), input=given, text=True,
                             cwd=self.home, capture_output=True, timeout=seconds, check=False)
        return ran.returncode, ran.stdout, ran.stderr

    def linklocal(self, *words, given=""):
        return self.run(self.binary, *words, "--data", self.data, given=given)

    def metadata(self):
        return f"http://{self.banner['Endpoints'][0]}"

    def said(self):
        self.log.flush()
        return (self.home / "server.log").read_text(errors="replace").strip()[-2000:]

    def kill(self):
        self.server.kill()
        self.server.wait()

    def close(self):
        self.server.send_signal(signal.SIGTERM)
        try:
            self.server.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()
        self.log.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def reported(check, ran):
    """The checks that a program made: one JSON object a line, `what`, `held`, `detail`."""
    status, said, told = ran
    lines = [line for line in said.splitlines() if line.startswith("{")]
    for line in lines:
        made = json.loads(line)
        check.holds(made["what"], made["held"], made.get("detail", ""))
    check.holds("the program ran to its end", status == 0, (told or said)[-2000:])
