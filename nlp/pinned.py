"""Whether a saved model is what was saved, told without loading it: for pages, which cannot wait for that."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path


def is_whole(folder: Path, pin: str) -> bool:
    """Tell whether both files that `Proposer.save` wrote are there, unchanged, under this pin."""
    try:
        about = (folder / "model.json").read_bytes()
        if sha256(about).hexdigest() != pin:
            return False
        arrays = (folder / "arrays.npz").read_bytes()
    except OSError:
        return False
    return bool(sha256(arrays).hexdigest() == json.loads(about)["arrays_sha256"])
