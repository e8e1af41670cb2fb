"""Points parted into groups: Ward's tree says where groups begin, k-means settles who is in which.

Nothing here is left to chance, which plain k-means begins with: the tree is the same each time, and sums are
made in one order. (scikit-learn's k-means adds up by thread, in the order in which threads end, and its
Ward knows no weights; a text that came forty times has to weigh forty times.)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.words import IntArray

#: Points from which the tree is made; its work grows with their square.
TREE_AT_MOST = 4_000
_ROUNDS = 100
_AT_ONCE = 10_000

Floats = NDArray[np.float64]


def part(points: Floats, weights: Floats, groups: int, seed: int) -> tuple[IntArray, Floats]:
    """The group of each point, from 0, and the centre of each group; a group has at least one point.

    There may be fewer groups than asked for, where points are the same. `seed` chooses the points for the
    tree where there are more than 4,000.
    """
    chosen = np.arange(len(points))
    if len(points) > TREE_AT_MOST:
        chosen = np.sort(np.random.default_rng(seed).choice(len(points), TREE_AT_MOST, replace=False))
    begun = tree_groups(points[chosen], weights[chosen], groups)
    centres = _centres(points[chosen], weights[chosen], begun, begun.max() + 1)
    return _settled(points, weights, centres)


def tree_groups(points: Floats, weights: Floats, groups: int) -> IntArray:
    """Ward's tree over weighted points, cut into groups numbered from 0.

    Two clusters are as far apart as their union would be wider than they are (Ward 1963). Found by the chain
    of nearest neighbours (Murtagh 1983), which joins the same ones in another order.
    """
    joins = sorted(_joins(points, weights))[: len(points) - groups]
    owner = list(range(len(points)))

    def root(point: int) -> int:
        while owner[point] != point:
            owner[point] = point = owner[owner[point]]
        return point

    for _, one, other in joins:
        first, second = sorted((root(one), root(other)))
        owner[second] = first
    return np.unique([root(point) for point in range(len(points))], return_inverse=True)[1]


def _joins(points: Floats, weights: Floats) -> list[tuple[float, int, int]]:
    """Every joining of the tree: how much it widens, and a point of either side."""
    centre, weight = points.copy(), weights.copy()
    square, alive = (centre**2).sum(axis=1), np.ones(len(points), dtype=bool)
    joins: list[tuple[float, int, int]] = []
    chain: list[int] = []
    while len(joins) < len(points) - 1:
        chain = chain or [int(alive.argmax())]
        one = chain[-1]
        apart = square[one] + square - 2 * (centre @ centre[one])
        apart *= weight[one] * weight / (weight[one] + weight)
        apart[~alive], apart[one] = np.inf, np.inf
        other = int(apart.argmin())
        before = chain[-2] if len(chain) > 1 else -1
        if before >= 0 and apart[before] <= apart[other]:
            kept, gone = sorted((one, before))
            joins.append((float(apart[before]), kept, gone))
            total = weight[kept] + weight[gone]
            centre[kept] = (weight[kept] * centre[kept] + weight[gone] * centre[gone]) / total
            weight[kept], square[kept], alive[gone] = total, centre[kept] @ centre[kept], False
            chain = chain[:-2]
        else:
            chain.append(other)
    return joins


def _settled(points: Floats, weights: Floats, centres: Floats) -> tuple[IntArray, Floats]:
    """Lloyd's rounds from these centres, until nobody moves; a centre that loses all its points goes."""
    group = _nearest(points, centres)
    for _ in range(_ROUNDS):
        group = np.unique(group, return_inverse=True)[1]
        centres = _centres(points, weights, group, int(group.max()) + 1)
        moved = _nearest(points, centres)
        if np.array_equal(moved, group):
            break
        group = moved
    group = np.unique(group, return_inverse=True)[1]
    return group, _centres(points, weights, group, int(group.max()) + 1)


def _centres(points: Floats, weights: Floats, group: IntArray, count: int) -> Floats:
    belongs = sparse.csr_array((weights, (group, np.arange(len(points)))), shape=(count, len(points)))
    return np.asarray((belongs @ points) / belongs.sum(axis=1)[:, None])


def _nearest(points: Floats, centres: Floats) -> IntArray:
    """The centre nearest to each point; the first of equals."""
    square = (centres**2).sum(axis=1)
    return np.concatenate(
        [
            (square - 2 * (points[first : first + _AT_ONCE] @ centres.T)).argmin(axis=1)
            for first in range(0, len(points), _AT_ONCE)
        ]
    )
