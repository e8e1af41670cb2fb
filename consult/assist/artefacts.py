"""Models kept beside the database: the last few of each inquiry, as arrays and JSON pinned by a hash.

A model holds runs of letters and words of evidence. So an erasure deletes all models of its inquiry at once,
and the next run makes one that never saw what is gone. A run that was learning meanwhile must not bring it
back: each deletion changes the folder's mark, and what was learned under an older mark is not kept.

    instance/models/runs/<inquiry>/mark
    instance/models/runs/<inquiry>/<run>/model.json, arrays.npz
"""

import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from flask import current_app

from consult.assist.encoding import installed

if TYPE_CHECKING:
    from nlp.proposer import Proposer

KEPT = 3
MARK = "mark"
NO_MARK = ""


def folder_of(inquiry_id: int) -> Path:
    """Return where the models of an inquiry lie; the folder may not be there yet."""
    instance: Path = current_app.config["CONSULT"].instance
    return instance / "models" / "runs" / str(inquiry_id)


def mark_of(inquiry_id: int) -> str:
    """Return the mark of an inquiry's models, to be read before anything is learned."""
    mark = folder_of(inquiry_id) / MARK
    return mark.read_text("utf-8") if mark.is_file() else NO_MARK


def keep_model(inquiry_id: int, run_id: int, proposer: "Proposer", mark: str) -> str | None:
    """Save a run's model and let go of older ones; return its pin, or None when an erasure came between."""
    place = _made(folder_of(inquiry_id)) / str(run_id)
    pin = proposer.save(place)
    if mark_of(inquiry_id) != mark:
        shutil.rmtree(place, ignore_errors=True)
        return None
    for old in runs_kept(inquiry_id)[:-KEPT]:
        shutil.rmtree(folder_of(inquiry_id) / str(old), ignore_errors=True)
    return pin


def runs_kept(inquiry_id: int) -> list[int]:
    """Return the runs whose models are kept, oldest first; a restored database may count runs anew."""
    folder = folder_of(inquiry_id)
    if not folder.is_dir():
        return []
    kept = [each for each in folder.iterdir() if each.name.isdecimal()]
    return [
        int(each.name) for each in sorted(kept, key=lambda each: (each.stat().st_mtime_ns, int(each.name)))
    ]


def load_model(inquiry_id: int, run_id: int, pin: str) -> "Proposer":
    """Return a run's model; raises nlp's DamagedArtefactError unless it is exactly what was kept."""
    from nlp.proposer import Proposer

    return Proposer.load(folder_of(inquiry_id) / str(run_id), pin, installed()[0])


def forget_models(inquiry_id: int) -> int:
    """Delete all models of an inquiry, and let none be kept that is learning now; return how many."""
    folder = _made(folder_of(inquiry_id))
    # The mark first: a model saved between it and the deletion is deleted, one saved later is not kept.
    (folder / MARK).write_text(secrets.token_hex(8), "utf-8")
    kept = runs_kept(inquiry_id)
    for run_id in kept:
        shutil.rmtree(folder / str(run_id))
    return len(kept)


def _made(folder: Path) -> Path:
    """Return a folder that is there, and that nobody else on this machine may look into."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def state_of(inquiry_id: int, run_id: int, pin: str | None) -> str:
    """Say in a sentence whether a run's model is still kept, and is what was saved."""
    if pin is None:
        return "No model of this run was kept."
    if run_id not in runs_kept(inquiry_id):
        return f"No longer kept: only the last {KEPT} are, and an erasure deletes them all."
    if not is_kept_whole(inquiry_id, run_id, pin):
        return "Damaged: its files are not what was saved. Nothing uses them; the next run makes a new model."
    return "Kept, and exactly what was saved."


def is_kept_whole(inquiry_id: int, run_id: int, pin: str | None) -> bool:
    """Tell whether a run's model is there and exactly what was saved; one that no run names is not."""
    # Not loaded: that would take the learning engines and the encoder into a process that serves pages.
    from nlp.pinned import is_whole

    return pin is not None and is_whole(folder_of(inquiry_id) / str(run_id), pin)
