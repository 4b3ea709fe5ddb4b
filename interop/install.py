"""Gets clients through their ordinary package clients, into a directory of our own.

Versions are pinned here, in `clients/js/package.json` and in `rust/Cargo.toml`; Debian's are those of the release. An
installed client is not fetched again.
"""

import pathlib
import shutil
import socket
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent


class InstallError(RuntimeError):
    """A client could not be had."""


def python(work, name, requirements):
    """The interpreter of a virtual environment that has these packages."""
    home = work / "python" / name
    interpreter = home / "bin" / "python"
    with marked(home, requirements) as stale:
        if stale:
            # Debian's own Python where there is one: cloud-init was made for it.
            base = "/usr/bin/python3" if pathlib.Path("/usr/bin/python3").exists() else sys.executable
            sh(base, "-m", "venv", "--clear", home)
            sh(interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements)
    return interpreter


def debian(work, package):
    """The root of a Debian package's files, unpacked and not installed."""
    root = work / "debian" / package
    with marked(root, [package]) as stale:
        if stale:
            downloads = work / "debian" / ".downloads" / package
            shutil.rmtree(downloads, ignore_errors=True)
            downloads.mkdir(parents=True)
            try:
                sh("apt-get", "download", "--quiet", package, cwd=downloads)
            except InstallError:
                # The package list of a new machine is empty.
                sh("apt-get", "update", "--quiet")
                sh("apt-get", "download", "--quiet", package, cwd=downloads)
            sh("dpkg-deb", "--extract", next(downloads.glob("*.deb")), root)
            version = sh("dpkg-deb", "--field", next(downloads.glob("*.deb")), "Version").strip()
            (root / ".version").write_text(version)
    return root


def debian_version(root):
    return (root / ".version").read_text()


def node(work, name):
    """The directory of an npm project of ours, its packages installed."""
    home = work / "node" / name
    manifest = (HERE / "programs" / name / "package.json").read_text()
    with marked(home, [manifest]) as stale:
        if stale:
            shutil.rmtree(home, ignore_errors=True)
            shutil.copytree(HERE / "programs" / name, home)
            sh("npm", "install", "--silent", "--no-audit", "--no-fund", cwd=home)
    for program in (HERE / "programs" / name).glob("*.mjs"):
        shutil.copy(program, home)
    return home


def rust(work):
    """The binary of `interop/rust`."""
    sh("cargo", "build", "--quiet", "--locked", "--manifest-path", HERE / "rust" / "Cargo.toml",
       "--target-dir", work / "rust")
    return work / "rust" / "debug" / "aws-config-client"


def cargo(work, crate, version, features):
    """The binary of a crate of that name."""
    home = work / "cargo" / crate
    with marked(home, [version, features]) as stale:
        if stale:
            home.mkdir(parents=True, exist_ok=True)
            sh("cargo", "install", crate, "--version", version, "--features", features, "--locked", "--quiet", "--profile",
               "dev", "--root", home, "--target-dir", home / "target")
            shutil.rmtree(home / "target")
    return cargo_binary(work, crate)


def cargo_binary(work, crate):
    return work / "cargo" / crate / "bin" / crate


def wait_for_port(port, seconds=60):
    """Waits until somebody listens at a port of 127.0.0.1."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return
        except OSError as error:
            if time.monotonic() > deadline:
                raise InstallError(f"nobody listens at port {port} after {seconds} s") from error
            time.sleep(0.05)


class marked:
    """Says whether what a directory holds was made from something else; marks it when the block ends well."""

    def __init__(self, home, sources):
        self.mark, self.text = home / ".made-from", "\n".join(sources)

    def __enter__(self):
        return not self.mark.exists() or self.mark.read_text() != self.text

    def __exit__(self, kind, *_):
        if kind is None:
            self.mark.write_text(self.text)


def sh(*command, cwd=None):
    words = [str(word) for word in command]
    try:
        ran = subprocess.run(words, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError as error:
        raise InstallError(f"{words[0]}: {error}") from error
    if ran.returncode != 0:
        said = (ran.stdout + ran.stderr).decode(errors="replace").strip()
        raise InstallError(f"{' '.join(words[:4])}… left with {ran.returncode}: {said[-2000:]}")
    return ran.stdout.decode()
