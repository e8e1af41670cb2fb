"""`python -m nlp`: the library from the command line, for measuring it and remaking its weights."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from nlp.errors import NlpError

if TYPE_CHECKING:
    from nlp.encoder import Encoder

#: Where requirements/setup.sh puts the encoder.
_INSTALLED = Path(__file__).resolve().parents[1] / ".cache" / "encoder"
#: Some two minutes of encoding: whoever wants more of it says so.
_ENCODED_UNASKED = 15_000
_OK, _FAULT, _BAD_INPUT = 0, 1, 2


class _Parser(argparse.ArgumentParser):
    """Complains in one line, as every command here does."""

    def error(self, message: str) -> NoReturn:
        raise NlpError(f"{message}; see {self.prog} --help.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns 0, 2 for input that cannot be used, 1 for a fault of ours."""
    try:
        chosen = _parser().parse_args(arguments)
        chosen.run(chosen)
    except NlpError as error:
        return _complain(_one_line(error), _BAD_INPUT)
    except KeyboardInterrupt:
        return _complain("stopped.", _FAULT)
    except Exception as error:  # the contract: a fault is one line and exit code 1
        fault = f"{type(error).__name__}: {_one_line(error)}"
        return _complain(f"a fault of the program ({fault}); please report it.", _FAULT)
    return _OK


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m nlp", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_evaluate(commands.add_parser("evaluate", help="measure suggestions on a coded corpus"))
    _add_duplicates(commands.add_parser("duplicates", help="group near-identical letters"))
    _add_discover(commands.add_parser("discover", help="group passages that speak of the same thing"))
    _add_agreement(commands.add_parser("agreement", help="measure how well coders agree"))
    _add_prepare_encoder(commands.add_parser("prepare-encoder", help="make the encoder from its weights"))
    _add_learn_fusion(commands.add_parser("learn-fusion", help="remake the weights of the library"))
    return parser


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    for option, file in (("--units", "unit_id, text [, doc_id, split]"), ("--labels", "unit_id, code")):
        parser.add_argument(option, type=Path, required=True, metavar="CSV", help=f"columns {file}")
    parser.add_argument(
        "--codebook", type=Path, required=True, metavar="CSV", help="columns code, name [, …]"
    )
    parser.add_argument("--labelled", type=_counts, default=[0, 50, 200, 1000], metavar="N,N")
    parser.add_argument("--seed", type=int, default=0, help="of the shuffle of the labelled passages")
    parser.add_argument("--out", type=Path, required=True, metavar="JSON")
    parser.add_argument("--compare", action="store_true", help="print plain methods beside ours")
    _add_encoder(parser)
    parser.set_defaults(run=_evaluate)


def _add_duplicates(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--units", type=Path, required=True, metavar="CSV", help="columns unit_id, text")
    parser.add_argument("--out", type=Path, required=True, metavar="CSV")
    parser.set_defaults(run=_duplicates)


def _add_discover(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--units", type=Path, required=True, metavar="CSV", help="columns unit_id, text")
    parser.add_argument("--out", type=Path, required=True, metavar="CSV", help="and the same with .themes")
    parser.add_argument("--groups", type=int, metavar="N", help="how many; else by the number of units")
    parser.add_argument("--seed", type=int, default=0, help="of the sample taken where units are very many")
    _add_encoder(parser)
    parser.set_defaults(run=_discover)


def _add_agreement(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--codings", type=Path, required=True, metavar="CSV", help="columns unit, coder, value"
    )
    parser.add_argument("--measure", required=True, help="such as cohen_kappa or alpha_nominal")
    parser.add_argument("--resamples", type=int, default=0, metavar="N", help="add an interval by bootstrap")
    parser.add_argument("--seed", type=int, default=0, help="of the bootstrap")
    parser.set_defaults(run=_agreement)


def _add_prepare_encoder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--published", type=Path, required=True, metavar="DIR", help="has model.safetensors, tokenizer.json"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.set_defaults(run=_prepare_encoder)


def _add_learn_fusion(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of the coded corpora")
    parser.add_argument("--out", type=Path, required=True, metavar="JSON")
    _add_encoder(parser)
    parser.set_defaults(run=_learn_fusion)


def _add_encoder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--encoder", metavar="DIR",
        help="folder of the sentence encoder, or 'none' (default: .cache/encoder)",
    )  # fmt: skip


def _counts(text: str) -> list[int]:
    parts = text.split(",")
    if not all(part.strip().isdecimal() for part in parts):
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of numbers such as 0,50,200")
    return [int(part) for part in parts]


def _evaluate(chosen: argparse.Namespace) -> None:
    from nlp.corpus import read_corpus
    from nlp.evaluate import evaluate
    from nlp.table import comparison

    _check_writable(chosen.out, chosen.units, chosen.labels, chosen.codebook)
    if chosen.seed < 0:
        raise NlpError("--seed must be 0 or more.")
    corpus = read_corpus(chosen.units, chosen.labels, chosen.codebook)
    _say(f"{len(corpus.texts)} units, {len(corpus.codes)} codes")
    result = evaluate(
        corpus, chosen.labelled, _say, seed=chosen.seed, compare=chosen.compare, encoder=_encoder(chosen)
    )
    _write(chosen.out, json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    if chosen.compare:
        print(comparison(result))


def _duplicates(chosen: argparse.Namespace) -> None:
    from nlp.duplicates import group_file

    _check_writable(chosen.out, chosen.units)
    _write(chosen.out, group_file(chosen.units, _say))


def _discover(chosen: argparse.Namespace) -> None:
    from nlp.emergent import GroupFinder, group_file

    described = chosen.out.with_name(f"{chosen.out.stem}.themes.csv")
    for path in (chosen.out, described):
        _check_writable(path, chosen.units)
    finder = GroupFinder(chosen.groups, seed=chosen.seed, encoder=_encoder(chosen))
    at_most = None if chosen.encoder else _ENCODED_UNASKED
    groups, themes = group_file(chosen.units, finder, _say, encode_at_most=at_most)
    _write(described, themes)
    _write(chosen.out, groups)


def _agreement(chosen: argparse.Namespace) -> None:
    from nlp.agreement import bootstrap_interval, measure_agreement, read_codings

    table = read_codings(chosen.codings)
    found = measure_agreement(table, chosen.measure)
    result: dict[str, object] = {"measure": found.measure, "value": found.value}
    if found.reason is not None:
        result["reason"] = found.reason
    result |= {"units": found.units, "coders": found.coders, "compared": found.compared}
    if chosen.resamples:
        interval = bootstrap_interval(table, chosen.measure, seed=chosen.seed, resamples=chosen.resamples)
        result["interval"] = asdict(interval)
    print(json.dumps(result, ensure_ascii=False, allow_nan=False))


def _learn_fusion(chosen: argparse.Namespace) -> None:
    from nlp.learn_fusion import learn_fusion

    _check_writable(chosen.out)
    _write(chosen.out, learn_fusion(chosen.data, _say, _encoder(chosen)))


def _prepare_encoder(chosen: argparse.Namespace) -> None:
    from nlp.minilm import prepare

    prepare(chosen.published, chosen.out)


def _encoder(chosen: argparse.Namespace) -> Encoder | None:
    """The one asked for; without asking, the one installed, where there is one."""
    from nlp.encoder import KeepingEncoder, installed_encoder

    if chosen.encoder == "none":
        return None
    encoder, told = installed_encoder(Path(chosen.encoder) if chosen.encoder else _INSTALLED)
    if chosen.encoder and encoder is None:
        raise NlpError(told)
    _say(told)
    return encoder and KeepingEncoder(encoder)


def _check_writable(path: Path, *read: Path) -> None:
    """Say so before minutes of work, not after; and never write over what is to be read."""
    if path.resolve() in {source.resolve() for source in read}:
        raise NlpError(f"{path} is read by this command and would be lost: name another file for --out.")
    if path.is_dir() or not os.access(path.parent, os.W_OK):
        raise NlpError(f"{path} cannot be written: name a file in a folder that may be written to.")


def _write(path: Path, text: str) -> None:
    """All or nothing: a stopped command must not leave half a file."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _complain(message: str, code: int) -> int:
    _say(f"nlp: {message}")
    return code


if __name__ == "__main__":
    sys.exit(main())
