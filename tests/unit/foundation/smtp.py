"""A mail server of the test's own: it takes what it is told to take, on 127.0.0.1."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast


@dataclass
class Receiver:
    """What was received, and what to answer to a recipient and to a message."""

    port: int = 0
    to_recipient: bytes = b"250 ok"
    to_message: bytes = b"250 ok"
    received: list[tuple[list[str], EmailMessage]] = field(default_factory=list)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Serve as long as the block runs."""
    receiver = Receiver()

    class Conversation(socketserver.StreamRequestHandler):
        timeout = 5.0

        def handle(self) -> None:
            converse(receiver, self)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Conversation) as server:
        receiver.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield receiver
        server.shutdown()
        thread.join()


def converse(receiver: Receiver, line: Any) -> None:
    """Speak as much of SMTP as a client of one message needs."""
    recipients: list[str] = []
    line.wfile.write(b"220 test\r\n")
    while said := line.rfile.readline():
        verb = said[:4].upper()
        if verb == b"DATA":
            line.wfile.write(b"354 go on\r\n")
            body = b"".join(iter(line.rfile.readline, b".\r\n"))
            if receiver.to_message.startswith(b"2"):
                message = cast(EmailMessage, message_from_bytes(body, policy=policy.default))
                receiver.received.append((recipients, message))
            line.wfile.write(receiver.to_message + b"\r\n")
        elif verb == b"RCPT":
            recipients.append(said.decode().partition("<")[2].partition(">")[0])
            line.wfile.write(receiver.to_recipient + b"\r\n")
        else:
            line.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
        if verb == b"QUIT":
            return
