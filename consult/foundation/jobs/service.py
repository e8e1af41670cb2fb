"""Wire the queue into the application and start workers."""

import logging
import threading
import time
from typing import Any

from flask import Flask
from huey.consumer import Consumer, Scheduler

from consult.foundation import database
from consult.foundation.clock import now
from consult.foundation.jobs.chores import do_chores
from consult.foundation.jobs.engine import Delivery, make_huey
from consult.foundation.jobs.worker import run_job, sweep

SWEEP_SECONDS = 5.0
CHORE_SECONDS = 3600.0
LONGEST_IDLE_SECONDS = 0.5

log = logging.getLogger(__name__)


class SweepingScheduler(Scheduler):
    """Huey's scheduler, which also sweeps and does chores: a process of its own has no thread to fork."""

    def initialize(self) -> None:
        """Begin in a process that may have been forked."""
        super().initialize()
        start_clean(self.huey.app)
        self._next_sweep = self._next_chores = 0.0

    def loop(self, now: Any = None) -> None:
        """Sweep and do chores when it is time, then do what Huey does."""
        if time.monotonic() >= self._next_sweep:
            self._next_sweep = time.monotonic() + SWEEP_SECONDS
            sweep_in(self.huey.app)
        if time.monotonic() >= self._next_chores:
            self._next_chores = time.monotonic() + CHORE_SECONDS
            do_chores_in(self.huey.app)
        super().loop(now)


class SweepingConsumer(Consumer):
    """Huey's consumer with our scheduler."""

    scheduler_class = SweepingScheduler


class EmbeddedConsumer(SweepingConsumer):
    """A consumer inside the web process: the server owns the signals."""

    def _set_signal_handlers(self) -> None:
        pass


def init_app(app: Flask, queue_url: str) -> None:
    """Register how committed jobs are sent."""

    def run_in_app(job_id: int) -> None:
        with app.app_context():
            run_job(job_id)

    delivery = Delivery(make_huey(queue_url), run_in_app)
    delivery.huey.app = app
    delivery.huey.on_startup(name="start_clean")(lambda: start_clean(app))
    app.extensions["consult.delivery"] = delivery
    app.extensions["consult.send_job"] = delivery.send


def start_clean(app: Flask) -> None:
    """Let go of what a forked worker inherited: connections and locks belong to its parent."""
    if threading.current_thread() is threading.main_thread():
        with app.app_context():
            database.forget_connections()


def start_embedded(app: Flask) -> Any:
    """Run one worker thread and the sweep inside this process; returns the consumer, for `stop()`."""
    consumer = EmbeddedConsumer(
        app.extensions["consult.delivery"].huey, workers=1, max_delay=LONGEST_IDLE_SECONDS
    )
    consumer.start()
    return consumer


def run_worker(app: Flask, workers: int, kind: str) -> None:
    """Serve the queue from this process until it is told to stop."""
    huey = app.extensions["consult.delivery"].huey
    SweepingConsumer(huey, workers=workers, worker_type=kind, max_delay=LONGEST_IDLE_SECONDS).run()


def sweep_in(app: Flask) -> None:
    """Sweep once; what fails is tried again at the next, and two sweeps at once do no harm."""
    try:
        with app.app_context():
            sweep(at=now())
    except Exception:
        log.exception("the sweep broke; it goes on")


def do_chores_in(app: Flask) -> None:
    """Do what the clock asks for; what fails is logged and tried again an hour later."""
    with app.app_context():
        do_chores(at=now())
