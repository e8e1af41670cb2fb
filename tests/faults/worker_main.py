"""A worker with one slow handler, for the tests that kill it: everything else is the product's own.

Usage: python worker_main.py INSTANCE DATABASE_URL QUEUE_URL thread|process|embedded
Each step of the job adds a line "job step" to INSTANCE/steps.txt.
"""

import sys
import time
from datetime import timedelta
from pathlib import Path

from consult import create_app
from consult.foundation.config import Settings
from consult.foundation.jobs import service, worker
from consult.foundation.jobs.names import JobName

STEPS = 8
STEP_SECONDS = 0.25


def main() -> None:
    instance, database_url, queue_url, kind = sys.argv[1:]
    # Production waits 20 seconds for a lease to run out; a test need not.
    worker.LEASE, worker.HEARTBEAT_SECONDS, service.SWEEP_SECONDS = timedelta(seconds=1.5), 0.5, 0.5
    worker.OVERDUE_DELIVERY = timedelta(seconds=1)
    settings = Settings(
        instance=Path(instance),
        database_url=database_url,
        queue_url=queue_url,
        secret_key="t" * 40,
        testing=True,
    )
    app = create_app(settings)

    @worker.handles(JobName.SUGGESTIONS_WANTED)
    def slow(job: worker.RunningJob) -> None:
        for step in range(STEPS):
            with (settings.instance / "steps.txt").open("a") as file:
                file.write(f"{job.id} {step}\n")
            time.sleep(STEP_SECONDS)
            job.progress(step + 1, STEPS)

    if kind == "embedded":
        service.start_embedded(app)
        time.sleep(120)
    else:
        service.run_worker(app, 2, kind)


main()
