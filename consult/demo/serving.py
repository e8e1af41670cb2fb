"""Serve pages from two processes for a core, at most four, and do the jobs in one more.

Python runs one thread of a process at a time. With jobs in the same process as pages, people who send at the
hour of closing waited for the reading of what the first of them had sent: docs/adr/0007-jobs.md.
"""

import gc
import os
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask
from waitress import serve as serve_forever

from consult.demo.sharing import sharing_server
from consult.foundation.database import Manners, db, forget_connections, lane_of, write_with
from consult.foundation.errors import BadInput, ConsultError
from consult.foundation.jobs.service import start_embedded
from consult.foundation.lane import WritersOfPages

HOST = "127.0.0.1"
# In each process. More would take Python from one another; most of what takes long waits elsewhere.
THREADS = 3
# One waits for the lane of writers or for the disk while another makes a page.
PROCESSES_FOR_A_CORE = 2
MOST_PROCESSES = 4
# Below those who serve: people wait for pages, nobody waits for a job by the second.
NICENESS_OF_JOBS = 5
LOOK_SECONDS = 1.0
# Above the most that any page takes, a clerk's drop of files: of more our page tells what to do, waitress
# does not.
LARGEST_BODY = 320 * 1024 * 1024
# What is made faster than its reader takes it waits on the disk, not in a thread; more than any export holds.
LARGEST_ANSWER = 8 * 1024**3


def server_options(app: Flask) -> dict[str, Any]:
    """Return how waitress serves: by itself it would hide from us what a proxy says of the reader."""
    proxies: int = app.config["CONSULT"].proxies
    return {
        "threads": THREADS,
        "ident": None,
        "max_request_body_size": LARGEST_BODY,
        "outbuf_high_watermark": LARGEST_ANSWER,
        "clear_untrusted_proxy_headers": proxies == 0,
    }


def reserve(port: int) -> socket.socket:
    """Return a socket on this machine's own address, which several processes may listen on later."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError as error:
        listening.close()
        reason = error.strerror
        raise BadInput(f"Port {port} cannot be used ({reason}). Choose another: --port.") from None
    return listening


def serve_from(app: Flask, listening: socket.socket) -> None:
    """Serve until told to stop; this process then does the jobs, and others the pages."""
    # What was read before would stay an open snapshot while we serve, and the write-ahead log only grow.
    db.session.remove()
    processes = how_many()
    if processes == 1:
        start_embedded(app)
        serve_forever(app, sockets=[listening], **server_options(app))
        return
    # Nothing open on a database may be carried into a child.
    db.engine.dispose()
    # What is loaded by now stays for good: no process should look through it for garbage, and so copy it.
    gc.collect()
    gc.freeze()
    end, held = os.pipe()
    writers = WritersOfPages(processes)

    def work_of(number: int) -> Callable[[], None]:
        return partial(serve_in_child, app, listening, (end, held), partial(writers.counted, number))

    children = [start_child(work_of(number)) for number in range(processes)]
    os.close(end)
    listening.close()
    os.nice(NICENESS_OF_JOBS)
    if has_one_lane(app):
        write_with(app, writers.let_pass)
    consumer = start_embedded(app)
    try:
        wait_while_alive(children)
    except KeyboardInterrupt:
        consumer.stop()
        return
    raise ConsultError("A process that serves pages has ended by itself. Start the site again.")


def has_one_lane(app: Flask) -> bool:
    """Tell whether only one may write at a time: elsewhere there is nothing to let others pass for."""
    with app.app_context():
        return lane_of(db.engine).path is not None


def how_many() -> int:
    """Return from how many processes pages are served; elsewhere than on Linux a fork is not safe here."""
    if not sys.platform.startswith("linux"):
        return 1
    return min(MOST_PROCESSES, PROCESSES_FOR_A_CORE * len(os.sched_getaffinity(0)))


def start_child(work: Callable[[], None]) -> int:
    """Do some work in a child process and return its number."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return child


def in_a_process_of_its_own(work: Callable[[], None]) -> None:
    """Do work that loads the engines of language, and wait for it; raises ConsultError when it failed.

    Their threads do not come along when those who serve are forked, and a process that misses them breaks.
    """
    if not sys.platform.startswith("linux"):
        work()
        return
    db.session.remove()
    db.engine.dispose()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    if os.waitpid(child, 0)[1]:
        raise ConsultError("The demo could not be made; the reason stands above.")


def wait_while_alive(children: list[int]) -> None:
    """Return when one has ended; those of jobs, which read documents, are not ours to wait for."""
    while all(os.waitpid(child, os.WNOHANG) == (0, 0) for child in children):
        time.sleep(LOOK_SECONDS)


def serve_in_child(app: Flask, listening: socket.socket, pipe: tuple[int, int], manners: Manners) -> None:
    """Serve pages until the parent is gone, however it went: the other end of the pipe goes with it."""
    end, held = pipe
    os.close(held)
    write_with(app, manners)
    threading.Thread(target=leave_with_parent, args=(end,), daemon=True, name="parent").start()
    with app.app_context():
        forget_connections()
    sharing_server(app, listening, **server_options(app)).run()


def leave_with_parent(end: int) -> None:
    """End this process as soon as nobody holds the pipe open."""
    os.read(end, 1)
    os._exit(0)
