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
        # As if the reader had asked for it, which waitress knows how to answer.
        self.request.headers["CONNECTION"] = "close"
        head: bytes = super().build_response_header()
        return head


class OneAnswerChannel(HTTPChannel):
    """A connection for one answer."""

    task_class = OneAnswer


class SharingServer(TcpWSGIServer):
    """Takes a connection only while it has a free thread for each that it has taken."""

    channel_class = OneAnswerChannel

    def readable(self) -> bool:
        """Tell whether to take another connection; asked again whenever an answer has gone out."""
        threads = self.task_dispatcher
        # Counted as free is also who was woken for what stands in the queue and has not yet taken it.
        free = len(threads.threads) - threads.stop_count - threads.active_count
        return bool(super().readable()) and len(threads.queue) <= free


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
