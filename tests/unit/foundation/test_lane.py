"""Jobs let the writers of pages pass, but not for ever."""

import os
import threading
import time

import pytest
from flask import Flask

from consult.foundation import database, lane
from consult.foundation.database import transaction, write_with
from consult.foundation.lane import WritersOfPages


def test_a_job_writes_at_once_where_no_page_wants_to() -> None:
    writers = WritersOfPages(2)
    start = time.monotonic()
    with writers.let_pass():
        pass
    assert time.monotonic() - start < lane.WAY_SECONDS / 2


def test_a_job_waits_until_the_last_writer_of_a_page_is_through() -> None:
    writers, order = WritersOfPages(2), []

    def job() -> None:
        with writers.let_pass():
            order.append("job")

    with writers.counted(0), writers.counted(1), writers.counted(1):
        thread = threading.Thread(target=job)
        thread.start()
        thread.join(0.1)
        order.append("pages")
    thread.join()
    assert order == ["pages", "job"]


def test_a_job_takes_its_turn_when_pages_never_stop_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane, "WAY_SECONDS", 0.05)
    writers, done = WritersOfPages(1), []
    with writers.counted(0), writers.let_pass():
        done.append("job")
    assert done == ["job"]


def test_a_page_that_fails_waits_no_longer() -> None:
    writers, done = WritersOfPages(1), []
    with pytest.raises(ZeroDivisionError), writers.counted(0):
        raise ZeroDivisionError
    start = time.monotonic()
    with writers.let_pass():
        done.append("job")
    assert time.monotonic() - start < lane.WAY_SECONDS / 2


def test_writers_are_counted_across_processes() -> None:
    writers = WritersOfPages(1)
    told, may_go = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        with writers.counted(0):
            os.write(told[1], b".")
            os.read(may_go[0], 1)
        os._exit(0)
    os.read(told[0], 1)
    done: list[str] = []

    def job() -> None:
        with writers.let_pass():
            done.append("job")

    thread = threading.Thread(target=job)
    thread.start()
    thread.join(0.1)
    assert done == []
    os.write(may_go[1], b".")
    os.waitpid(child, 0)
    thread.join()
    assert done == ["job"]
    for end in (*told, *may_go):
        os.close(end)


def test_each_turn_to_write_keeps_the_manners_of_its_process(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    writers = WritersOfPages(1)
    monkeypatch.setitem(app.extensions, database.MANNERS, None)
    write_with(app, lambda: writers.counted(0))
    with app.app_context(), transaction():
        assert writers.are_there()
    assert not writers.are_there()
