"""What each rank sends in an iteration, counted on the synthetic map of bench_loop as the program would send it."""
import math

import numpy

TILE_WIDTH = 16  # nodes of a tile along the fast axis
COLUMNS_PER_BATCH = 4
EXACT_SUM_BYTES = 69 * 8


def map_width(rows):
    """Of a late map in two dimensions; measured on 70,000 (170 units) to 20 million rows (500)."""
    return 170.0 * (rows / 70000.0) ** 0.19


def hilbert_cells(along, side):
    """Coordinates of the cells of a Hilbert curve through side x side cells."""
    along = along.copy()
    x, y = numpy.zeros_like(along), numpy.zeros_like(along)
    s = 1
    while s < side:
        right = along // 2 & 1
        upper = (along ^ right) & 1
        turned = upper == 0
        flipped = turned & (right == 1)
        x[flipped], y[flipped] = s - 1 - x[flipped], s - 1 - y[flipped]
        x[turned], y[turned] = y[turned], x[turned].copy()
        x += s * right
        y += s * upper
        along //= 4
        s *= 2
    return x, y


def hilbert_numbers(x, y, side):
    """Places along the curve of cells."""
    x, y = x.copy(), y.copy()
    along = numpy.zeros_like(x)
    s = side // 2
    while s > 0:
        right, upper = (x & s > 0).astype(numpy.int64), (y & s > 0).astype(numpy.int64)
        along += s * s * (3 * right ^ upper)
        turned = upper == 0
        flipped = turned & (right == 1)
        x[flipped], y[flipped] = side - 1 - x[flipped], side - 1 - y[flipped]
        x[turned], y[turned] = y[turned], x[turned].copy()
        s //= 2
    return along


def side_of(rows):
    side = 1
    while side * side < rows:
        side *= 2
    return side


class Grid:
    """The grid of a square map as fit_grid makes it, and who owns what of it."""

    def __init__(self, width, step, order, ranks):
        needed = math.floor(width / step) + order
        self.nodes = min(16 * odd * 2 ** max(0, math.ceil(math.log2(needed / (16 * odd)))) for odd in (1, 3, 5))
        self.depth = 16  # nodes of a tile along axis 0
        while self.nodes // self.depth < ranks and self.depth > (4 if order == 4 else 8):
            self.depth //= 2
        self.step, self.order, self.ranks = step, order, ranks
        self.spectrum = -(-(self.nodes + 1) // COLUMNS_PER_BATCH) * COLUMNS_PER_BATCH
        self.slab_begin = self.spread(self.nodes // self.depth)
        self.column_begin = self.spread(self.spectrum // COLUMNS_PER_BATCH)
        self.slab_nodes = numpy.diff(self.slab_begin) * self.depth
        self.columns = numpy.diff(self.column_begin) * COLUMNS_PER_BATCH

    def spread(self, pieces):
        return -(-pieces * numpy.arange(self.ranks + 1, dtype=numpy.int64) // self.ranks)

    def transposition(self):
        """Bytes and messages that each rank sends for the two transpositions of an evaluation."""
        slab, column = self.slab_nodes, self.columns
        to_columns = slab * (column.sum() - column) * 8
        to_slabs = column * (slab.sum() - slab) * 8
        has_slab, has_column = slab > 0, column > 0
        messages = (has_slab * (has_column.sum() - has_column) + has_column * (has_slab.sum() - has_slab))
        return to_columns + to_slabs, messages

    def tile_traffic(self, rank, x, y):
        """Bytes and messages of each rank that tiles take to their owners and back; tiles and their nodes on the way.
        The coordinates are those of points, in units of the map; `rank` says whose each is."""
        across = self.nodes // TILE_WIDTH
        row = ((x - x.min()) / self.step / self.depth).astype(numpy.int64)
        column = ((y - y.min()) / self.step / TILE_WIDTH).astype(numpy.int64)
        pairs = []
        for down in (0, 1):
            for right in (0, 1):
                touched_row = numpy.minimum(row + down, self.nodes // self.depth - 1)
                touched_column = numpy.minimum(column + right, across - 1)
                pairs.append(numpy.unique((rank * (self.nodes // self.depth) + touched_row) * across + touched_column))
        pair = numpy.unique(numpy.concatenate(pairs))
        sender = pair // across // (self.nodes // self.depth)
        owner = numpy.searchsorted(self.slab_begin[1:], pair // across % (self.nodes // self.depth), side="right")
        away = sender != owner
        size = self.depth * TILE_WIDTH
        count = lambda ranks, weight: numpy.bincount(ranks, minlength=self.ranks) * weight
        partners = numpy.unique(sender[away] * self.ranks + owner[away])
        sent, answered = partners // self.ranks, partners % self.ranks
        bytes_sent = (count(sender[away], 8 * (size + 1)) + count(sent, 8) + count(owner[away], 4 * size))
        messages = count(sent, 2) + count(answered, 1)
        return bytes_sent, messages, count(owner, 1)


def points_of(rows, ranks, width, most=1 << 18):
    """Ranks and coordinates of the points of the map, of some of them where there are many."""
    shown = min(rows, max(most, 64 * ranks))
    side = side_of(shown)
    x, y = hilbert_cells(numpy.arange(shown, dtype=numpy.int64) * side * side // shown, side)
    within = numpy.random.default_rng(1).random((2, shown))
    rank = numpy.arange(shown, dtype=numpy.int64) * ranks // shown
    return rank, (x + within[0]) * width / side, (y + within[1]) * width / side


def row_traffic(rows, ranks, edges, far, sampled=8, most_rows=1 << 12):
    """Rows of others that a rank names and the ranks it gets them from: means over some ranks. Where a rank has very
    many rows, it is taken to be smaller, and what it gets to grow as the length of its border; edges that lead far are
    counted by their probability."""
    if ranks == 1:
        return 0.0, 0.0
    own = rows / ranks
    shown = min(own, float(most_rows))
    total = int(round(shown * ranks))
    side = side_of(total)
    random = numpy.random.default_rng(2)
    reach = 0.5 * math.sqrt(side * side / total * edges)
    remote, partners = [], []
    for rank in numpy.unique(numpy.linspace(0, ranks - 1, min(sampled, ranks)).round().astype(int)):
        first, end = total * rank // ranks, total * (rank + 1) // ranks
        row = numpy.repeat(numpy.arange(first, end, dtype=numpy.int64), edges)
        row = row[random.random(row.size) >= far]
        x, y = hilbert_cells(row * side * side // total, side)
        x += numpy.rint(reach * random.standard_normal(x.size)).astype(numpy.int64)
        y += numpy.rint(reach * random.standard_normal(y.size)).astype(numpy.int64)
        fold = lambda value: numpy.minimum(abs(value) % (2 * side), 2 * side - 1 - abs(value) % (2 * side))
        to = hilbert_numbers(fold(x), fold(y), side) * total // (side * side)
        to = numpy.unique(to[(to < first) | (to >= end)])
        near = to.size * math.sqrt(own / shown)
        others = numpy.unique(to * ranks // total)
        leading = own * edges * far * (1 - 1 / ranks)
        distant = (rows - own) * -math.expm1(-leading / (rows - own))
        remote.append(near + distant * (1 - near / (rows - own)))
        partners.append(others.size + (ranks - 1 - others.size) * -math.expm1(-leading / (ranks - 1)))
    return float(numpy.mean(remote)), float(numpy.mean(partners))


def predicted(rows, ranks, edges=22, far=0.03, width=None, step=1 / 3, order=4):
    """Figures of an iteration by stage, as bench_loop names them: of messages between two ranks mean and most over the
    ranks, of collective calls the same on all."""
    width = width or map_width(rows)
    grid = Grid(width, step, order, ranks)
    tile_bytes, tile_messages, tiles_owned = grid.tile_traffic(*points_of(rows, ranks, width))
    line_bytes, line_messages = grid.transposition()
    remote, partners = row_traffic(rows, ranks, edges, far)
    stage = lambda sent, messages, collective=0, calls=0: {
        "bytes": float(numpy.mean(sent)), "most bytes": float(numpy.max(sent)),
        "messages": float(numpy.mean(messages)), "most messages": float(numpy.max(messages)),
        "collective_bytes": collective, "collectives": calls}
    return {"points": stage(8 * remote, partners),
            "spread": stage(0, 0, 56, 1),
            "grid exchange": stage(tile_bytes, tile_messages, 0, 1 if ranks > 1 else 0),
            "transform": stage(line_bytes, line_messages),
            "normalization": stage(0, 0, EXACT_SUM_BYTES, 1)}, grid, {"tiles": float(tiles_owned.max()),
                                                                      "remote": remote, "partners": partners}
