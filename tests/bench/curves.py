"""Learning curves as a drawing: one panel for each corpus, made from what was measured."""

from collections.abc import Mapping, Sequence
from html import escape
from math import log1p

# Corpus -> method -> values in the order of the counts.
Curves = Mapping[str, Mapping[str, Sequence[float]]]
COLOURS = ("#1d70b8", "#00703c", "#d4351c")
WIDTH, HEIGHT, GAP, EDGE = 340, 220, 60, 46


def drawn(title: str, counts: Sequence[int], curves: Curves) -> str:
    """Return an SVG drawing; the share is up, labelled passages go to the right by their logarithm."""
    panels = [
        _panel(place, corpus, counts, methods) for place, (corpus, methods) in enumerate(curves.items())
    ]
    rows = -(-len(panels) // 2)
    wide, high = 2 * (WIDTH + GAP) + EDGE, rows * (HEIGHT + GAP) + EDGE + 40
    names = list(next(iter(curves.values())))
    key = "".join(_key(place, name, high - 24) for place, name in enumerate(names))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" role="img" '
        f'font-family="Arial, sans-serif" font-size="13"><title>{escape(title)}</title>'
        f'<rect width="{wide}" height="{high}" fill="#ffffff"/>{"".join(panels)}{key}</svg>\n'
    )


def _panel(place: int, corpus: str, counts: Sequence[int], methods: Mapping[str, Sequence[float]]) -> str:
    left, top = EDGE + (place % 2) * (WIDTH + GAP), EDGE + (place // 2) * (HEIGHT + GAP)
    most = max(0.1, *(value for values in methods.values() for value in values)) * 1.1
    grid = "".join(_level(left, top, most * part / 4, most) for part in range(5))
    feet = "".join(
        f'<text x="{_x(left, n, counts):.0f}" y="{top + HEIGHT + 18}" text-anchor="middle">{n:,}</text>'
        for n in counts
    )
    lines = ""
    for values, colour in zip(methods.values(), COLOURS, strict=False):
        # A method that needs labels has no value without any, and comes with one value fewer.
        at = zip(counts[len(counts) - len(values) :], values, strict=True)
        lines += _line([(_x(left, n, counts), top + HEIGHT * (1 - v / most)) for n, v in at], colour)
    return (
        f'<text x="{left}" y="{top - 12}" font-size="15" font-weight="bold">{escape(corpus)}</text>'
        f"{grid}{feet}{lines}"
    )


def _level(left: float, top: float, value: float, most: float) -> str:
    y = top + HEIGHT * (1 - value / most)
    return (
        f'<line x1="{left}" x2="{left + WIDTH}" y1="{y:.1f}" y2="{y:.1f}" stroke="#b1b4b6"/>'
        f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{value:.2f}</text>'
    )


def _line(points: Sequence[tuple[float, float]], colour: str) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>{dots}'


def _key(place: int, name: str, y: float) -> str:
    x = EDGE + place * 270
    colour = COLOURS[place]
    return (
        f'<line x1="{x}" x2="{x + 28}" y1="{y - 4}" y2="{y - 4}" stroke="{colour}" stroke-width="3"/>'
        f'<text x="{x + 36}" y="{y}">{escape(name)}</text>'
    )


def _x(left: float, count: int, counts: Sequence[int]) -> float:
    return left + WIDTH * log1p(count / 5) / log1p(counts[-1] / 5)
