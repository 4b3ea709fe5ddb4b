"""A certificate authority that lives as long as one case, so that clients speak TLS to names of AWS that are ours for a while.

Only the clients of the case are told of it, by the variables that each of them reads.
"""

import ssl
import subprocess

# openssl takes no more than this of a list of names on its command line; a file has no such bound.
CONFIG = "[req]\ndistinguished_name = dn\n[dn]\n[leaf]\nsubjectAltName = @names\n[names]\n"


class Authority:
    """The authority and one certificate for all the names."""

    def __init__(self, home, names):
        self.home, self.names = home, names
        self.certificate, self.leaf, self.key = home / "ca.pem", home / "leaf.pem", home / "leaf.key"
        self.make()

    def make(self):
        config, request = self.home / "leaf.cnf", self.home / "leaf.csr"
        config.write_text(CONFIG + "".join(f"DNS.{at} = {name}\n" for at, name in enumerate(self.names)))
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        openssl("req", "-x509", *key, "-keyout", self.home / "ca.key", "-out", self.certificate, "-days", "2",
                "-subj", "/CN=interop", "-addext", "basicConstraints=critical,CA:TRUE",
                "-addext", "keyUsage=critical,keyCertSign")
        openssl("req", *key, "-keyout", self.key, "-out", request, "-subj", "/CN=leaf", "-config", config)
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.home / "ca.key",
                "-CAcreateserial", "-days", "2", "-extfile", config, "-extensions", "leaf", "-out", self.leaf)

    def context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.leaf, self.key)
        # All clients shall speak HTTP/1.1: what is recorded is what they wrote.
        context.set_alpn_protocols(["http/1.1"])
        return context

    def environment(self):
        """What makes clients trust it: botocore, Node, curl and OpenSSL, Go."""
        name = str(self.certificate)
        return {"AWS_CA_BUNDLE": name, "NODE_EXTRA_CA_CERTS": name, "CURL_CA_BUNDLE": name, "SSL_CERT_FILE": name}


def openssl(*words):
    ran = subprocess.run(["openssl", *(str(word) for word in words)], capture_output=True, check=False)
    if ran.returncode != 0:
        raise RuntimeError(f"openssl {words[0]}: {ran.stderr.decode(errors='replace')[-500:]}")
