"""A server that keeps each request as its bytes came, and answers something that its client can live with.

Plain sockets, so that nothing is decoded, joined or dropped on the way: what is kept is what was signed.
"""

import re
import socket
import ssl
import threading

LIMIT = 64 * 1024 * 1024
PATIENCE = 20


class Recorder:
    """Listens at ports of 127.0.0.1 while in its block; `context` is for those that speak TLS."""

    def __init__(self, answer, plain=(), secure=(), context=None):
        self.answer, self.captures, self.faults = answer, [], []
        self.lock = threading.Lock()
        self.context = context
        self.plain, self.secure = [listen(port) for port in plain], [listen(port) for port in secure]

    def __enter__(self):
        for listener in self.plain + self.secure:
            context = self.context if listener in self.secure else None
            threading.Thread(target=self.accept, args=(listener, context), daemon=True).start()
        return self

    def __exit__(self, *_):
        for listener in self.plain + self.secure:
            listener.close()

    def take(self):
        """The requests since the last call."""
        with self.lock:
            captures, self.captures = self.captures, []
            return captures

    def accept(self, listener, context):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self.serve, args=(connection, context), daemon=True).start()

    def serve(self, connection, context):
        connection.settimeout(PATIENCE)
        try:
            if context is not None:
                connection = context.wrap_socket(connection, server_side=True)
            with connection:
                stream = Stream(connection)
                while (capture := stream.request()) is not None:
                    with self.lock:
                        self.captures.append(capture)
                    connection.sendall(reply(capture, *self.answer(capture)))
        except (TimeoutError, ConnectionError, ssl.SSLError) as error:
            # Clients leave as they like; what they did send is kept.
            self.faults.append(error)


class Capture:
    """A request: `raw` is all of it."""

    def __init__(self, head, body):
        self.raw, self.head, self.body = head + body, head, body
        line, _, fields = head.decode("latin-1").partition("\r\n")
        self.method, self.target = line.split(" ")[:2]
        self.fields = [tuple(part.strip() for part in field.split(":", 1)) for field in fields.split("\r\n") if field]

    def field(self, name):
        """The first value of a field, or an empty text."""
        return next((value for key, value in self.fields if key.lower() == name), "")

    @property
    def path(self):
        return self.target.partition("?")[0]

    def __repr__(self):
        return f"{self.method} {self.field('host')} {self.target[:100]}"


class Stream:
    """Requests, one after the other."""

    def __init__(self, connection):
        self.connection, self.rest = connection, b""

    def request(self):
        head = self.until(b"\r\n\r\n", may_end=True)
        if head is None:
            return None
        if re.search(rb"(?i)\r\nexpect:\s*100-continue", head):
            self.connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length:\s*(\d+)", head)
        if re.search(rb"(?i)\r\ntransfer-encoding:\s*chunked", head):
            return Capture(head, self.chunks())
        return Capture(head, self.exactly(int(length[1]) if length else 0))

    def chunks(self):
        body = b""
        while True:
            line = self.until(b"\r\n")
            body += line
            size = int(line.split(b";")[0], 16)
            if size == 0:
                break
            body += self.exactly(size + 2)
        while (line := self.until(b"\r\n")) != b"\r\n":
            body += line
        return body + line

    def until(self, mark, may_end=False):
        while mark not in self.rest:
            if not self.more():
                if may_end and not self.rest:
                    return None
                raise ConnectionError("the connection ended within a request")
        at = self.rest.index(mark) + len(mark)
        found, self.rest = self.rest[:at], self.rest[at:]
        return found

    def exactly(self, size):
        while len(self.rest) < size:
            if not self.more():
                raise ConnectionError("the connection ended within a body")
        found, self.rest = self.rest[:size], self.rest[size:]
        return found

    def more(self):
        """Reads on; false at the end of the connection."""
        data = self.connection.recv(65536)
        if len(self.rest) > LIMIT:
            raise ConnectionError("a request without end")
        self.rest += data
        return bool(data)


def reply(capture, status, fields, body):
    lines = [f"HTTP/1.1 {status} Answer", f"Content-Length: {len(body)}", "x-amz-request-id: 0123456789ABCDEF",
             *(f"{name}: {value}" for name, value in fields)]
    head = "\r\n".join(lines).encode() + b"\r\n\r\n"
    return head if capture.method == "HEAD" or status == 204 else head + body


def listen(port):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(64)
    return listener

