"""Addresses of built front-end files, whose names carry a hash of their content."""

import json
from pathlib import Path

from flask import Flask, current_app, url_for


class AssetsMissing(Exception):
    """The front-end files have not been built."""


def read_manifest(static_folder: Path) -> dict[str, str]:
    """Return logical name to built name; raises AssetsMissing with the command that builds them."""
    try:
        manifest: dict[str, str] = json.loads((static_folder / "dist" / "manifest.json").read_text("utf-8"))
    except FileNotFoundError:
        raise AssetsMissing("Front-end files are missing: run python consult/assets/build.py") from None
    return manifest


def asset_url(name: str) -> str:
    """Return the address of a built file, for templates."""
    manifest: dict[str, str] = current_app.extensions["consult.assets"]
    return url_for("static", filename=f"dist/{manifest[name]}")


def init_app(app: Flask) -> None:
    """Read the manifest once and give templates `asset_url`."""
    app.extensions["consult.assets"] = read_manifest(Path(app.static_folder or ""))
    app.add_template_global(asset_url)
