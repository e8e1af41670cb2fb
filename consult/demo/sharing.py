"""A waitress that shares its listening socket fairly with those of other processes.

By itself each would take every connection it sees first and keep it from page to page, so that at the hour of
closing one process has a queue while another has nothing to do.
"""

import socket
from typing import Any

from flask import Flask
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher, WSGITask


class OneAnswer(WSGITask):
    """An answer with which the connection ends: who gives the next one is open again."""

    def build_response_header(self) -> bytes:
        """Return the head of the answer, which says so."""
        self.set_close_on_finish()
        head: bytes = super().build_response_header()
        return head


class OneAnswerChannel(HTTPChannel):
    """A connection for one answer."""

    task_class = OneAnswer


class SharingServer(TcpWSGIServer):
    """Takes a connection only while nobody whom it has taken waits for a thread."""

    channel_class = OneAnswerChannel

    def readable(self) -> bool:
        """Tell whether to take another connection; asked again whenever an answer has gone out."""
        return bool(super().readable()) and not self.task_dispatcher.queue


def sharing_server(app: Flask, listening: socket.socket, **options: Any) -> SharingServer:
    """Return a server on a socket that other processes listen on too; the options are waitress's own."""
    adjustments = Adjustments(sockets=[listening], **options)
    threads = ThreadedTaskDispatcher()
    threads.set_thread_count(adjustments.threads)
    return SharingServer(
        app,
        map={},
        _sock=listening,
        dispatcher=threads,
        adj=adjustments,
        sockinfo=(listening.family, listening.type, listening.proto, listening.getsockname()),
        bind_socket=False,
    )
