"""Wire the queue into the application and start workers."""

import logging
import threading
from typing import Any

from flask import Flask
from huey.consumer import Consumer

from consult.foundation.clock import now
from consult.foundation.jobs.engine import Delivery, make_huey
from consult.foundation.jobs.worker import run_job, sweep

SWEEP_SECONDS = 5.0

log = logging.getLogger(__name__)


class EmbeddedConsumer(Consumer):  # type: ignore[misc]  # huey ships no types
    """A consumer inside the web process: the server owns the signals."""

    def _set_signal_handlers(self) -> None:
        pass


def init_app(app: Flask, queue_url: str) -> None:
    """Register how committed jobs are sent."""

    def run_in_app(job_id: int) -> None:
        with app.app_context():
            run_job(job_id)

    delivery = Delivery(make_huey(queue_url), run_in_app)
    app.extensions["consult.delivery"] = delivery
    app.extensions["consult.send_job"] = delivery.send


def start_embedded(app: Flask) -> Any:
    """Run one worker thread and the sweep inside this process; returns the consumer, for `stop()`."""
    consumer = EmbeddedConsumer(
        app.extensions["consult.delivery"].huey,
        workers=1,
        periodic=False,
        max_delay=0.5,
    )
    start_sweeping(app)
    consumer.start()
    return consumer


def run_worker(app: Flask, workers: int, kind: str) -> None:
    """Serve the queue from this process until it is told to stop."""
    start_sweeping(app)
    Consumer(
        app.extensions["consult.delivery"].huey,
        workers=workers,
        worker_type=kind,
        periodic=False,
        max_delay=0.5,
    ).run()


def start_sweeping(app: Flask) -> threading.Thread:
    """Sweep now and every few seconds in a daemon thread; sweeps of several processes do no harm."""
    pause = threading.Event()

    def work() -> None:
        while True:
            try:
                with app.app_context():
                    sweep(at=now())
            except Exception:
                log.exception("the sweep broke; it goes on")
            pause.wait(SWEEP_SECONDS)

    thread = threading.Thread(target=work, daemon=True, name="sweep")
    thread.start()
    return thread
