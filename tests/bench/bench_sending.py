"""Sending by the hour of closing: fifty respondents press at once, each with 5,000 words.

The site is served as ./run serves it, worker and all: from the second round on it reads what the rounds
before have sent while the next ones send. Each press is timed from its first byte to the last of the page
with the reference, as a browser would wait for it; the client takes its share of the same cores.
"""

import http.client
import os
import random
import re
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from socket import create_server
from urllib.parse import urlencode

from tests.bench.figures import Figure, at_most, quick, ratio, spread
from tests.bench.material import CALL, ROOT, SLUG, empty_inquiry, sentences, submission

AT_ONCE = 50
ROUNDS = 6
WORDS = 5_000
ALONE = 10
HOST = "127.0.0.1"
START_SECONDS = 60.0
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
JOURNEY = f"/respond/{SLUG}/{CALL}"

Act = Callable[["Respondent"], None]


@dataclass
class Respondent:
    """A browser without script: one connection, its cookies, the page it is on."""

    port: int
    words: str
    connection: http.client.HTTPConnection = field(init=False)
    cookies: dict[str, str] = field(default_factory=dict)
    page: str = ""

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection(HOST, self.port, timeout=120)

    def ask(self, method: str, path: str, body: str | None = None) -> None:
        """Ask for a page and follow where it leads; raises unless a page is shown."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        self.page = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookies.update({name: kept.value for name, kept in SimpleCookie(line).items()})
        if answer.status == http.client.SEE_OTHER:
            self.ask("GET", answer.headers["Location"])
        elif answer.status != http.client.OK:
            raise RuntimeError(f"{method} {path} answered {answer.status}")

    def post(self, path: str, **values: str) -> None:
        """Post the form of the page with what was filled in."""
        self.ask("POST", path, urlencode({**dict(HIDDEN.findall(self.page)), **values}))

    def begin(self) -> None:
        """Go from the call's page to the first question."""
        self.ask("GET", f"/calls/{SLUG}/{CALL}")
        self.post(f"{JOURNEY}/start")
        self.post(f"{JOURNEY}/about", name="A resident")

    def save(self) -> None:
        """Save the answer."""
        self.post(f"{JOURNEY}/questions/1", answer=self.words)

    def choose(self) -> None:
        """Choose what is published, and come to the page to send from."""
        self.post(f"{JOURNEY}/publication", publication="with_name")

    def send(self) -> None:
        """Send, and see the reference."""
        self.post(f"{JOURNEY}/send")
        if not re.search(r"\b[A-Z]{3}\d{4,}\b", self.page):
            raise RuntimeError("the page after sending shows no reference")


def measure() -> Iterator[Figure]:
    rounds = 1 if quick() else ROUNDS
    pool, chance = sentences(), random.Random(20173)
    with empty_inquiry() as instance, served(instance) as (server, port):

        def respondents(count: int) -> list[Respondent]:
            return [Respondent(port, submission(pool, chance, WORDS)) for _ in range(count)]

        alone = [taken for each in respondents(ALONE) for taken in through([each])["send"]]
        together: dict[str, list[float]] = {"save": [], "send": []}
        before = seconds_used(server)
        for _ in range(rounds):
            for name, taken in through(respondents(AT_ONCE)).items():
                together[name].extend(taken)
        used = seconds_used(server) - before
        check_stored(instance, ALONE + rounds * AT_ONCE)
    yield from figures(alone, together)
    each = used * 1000 / (rounds * AT_ONCE)
    yield Figure("processor time of one whole journey", each, "ms", note="of the processes that serve pages")


def figures(alone: list[float], together: dict[str, list[float]]) -> Iterator[Figure]:
    lone = statistics.median(alone)
    yield Figure("send, one alone, median", lone, "ms", note=spread(alone))
    for name, taken in together.items():
        note = f"{AT_ONCE} at once, {WORDS:,} words each; {spread(taken)}"
        yield Figure(f"{name}, {AT_ONCE} at once, median", statistics.median(taken), "ms")
        yield at_most(f"{name}, {AT_ONCE} at once, p99", percentile(taken, 99), "ms", 1000, note=note)
    sent = together["send"]
    yield ratio(f"median of {AT_ONCE} at once to one alone", statistics.median(sent), lone)


def through(respondents: Sequence[Respondent]) -> dict[str, list[float]]:
    """Take all through the journey, step by step together; return the milliseconds of two of them."""
    at_once(respondents, Respondent.begin)
    saved = at_once(respondents, Respondent.save)
    at_once(respondents, Respondent.choose)
    sent = at_once(respondents, Respondent.send)
    for each in respondents:
        each.connection.close()
    return {"save": saved, "send": sent}


def at_once(respondents: Sequence[Respondent], act: Act) -> list[float]:
    """Let all act at the same moment; return how long each waited, in milliseconds."""
    gate = threading.Barrier(len(respondents))

    def timed(respondent: Respondent) -> float:
        gate.wait()
        start = time.perf_counter()
        act(respondent)
        return (time.perf_counter() - start) * 1000

    with ThreadPoolExecutor(len(respondents)) as pool:
        return list(pool.map(timed, respondents))


def percentile(taken: Sequence[float], which: int) -> float:
    """Return the value that so many of a hundred do not exceed; of few values the largest."""
    return sorted(taken)[-(-len(taken) * which // 100) - 1]


def seconds_used(server: int) -> float:
    """Return how long the processes that a server started have been at work; nought where nobody tells."""
    children = Path(f"/proc/{server}/task/{server}/children")
    numbers = children.read_text().split() if children.exists() else []
    ticks = [Path(f"/proc/{each}/stat").read_text().rpartition(") ")[2].split()[11:13] for each in numbers]
    return sum(int(user) + int(system) for user, system in ticks) / os.sysconf("SC_CLK_TCK")


def check_stored(instance: Path, expected: int) -> None:
    """Raise unless everything that was acknowledged is there, whole and once."""
    with closing(sqlite3.connect(instance / "consult.db")) as database:
        stored, whole = database.execute(
            "SELECT count(*), count(*) FILTER (WHERE word_count >= ?) FROM submissions", [WORDS]
        ).fetchone()
    if not stored == whole == expected:
        raise RuntimeError(f"{expected} were sent, {stored} are there, {whole} of them whole")


@contextmanager
def served(instance: Path) -> Iterator[tuple[int, int]]:
    """Serve an instance as ./run does, and give its process and its port."""
    with create_server((HOST, 0)) as probe:
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--no-demo", "--port", str(port)]
    environment = {**os.environ, "CONSULT_INSTANCE": str(instance)}
    log = instance / "serve.log"
    with log.open("wb") as output:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        wait_for(server, port, log)
        yield server.pid, port
    finally:
        server.terminate()
        server.wait(timeout=60)


def wait_for(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until the site answers; raises with its log when it does not."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            Respondent(port, "").ask("GET", "/")
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"the site does not answer: {log.read_text()[-2000:]}")
