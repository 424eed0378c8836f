"""Predicts the time of an iteration, its parts, and the memory of a rank, for 1 to 4,096 ranks and 10^5 to 10^9 rows.

  scaling_model.py [--rates LOOP.json]      the table; rates of this machine from `bench_loop --json` on one rank
  scaling_model.py --check LOOP.json ...    bytes, messages and time of runs of bench_loop, and their ratio to the model

What is sent is counted by communication.py as the program sends it. Times are upper bounds of a kind: all ranks of a
node share its link, and stages do not overlap."""
import argparse
import json
import math
import sys

import communication

# Seconds for each unit on one core: a Xeon with AVX-512 at 2.8 GHz, of which bench_attraction and bench_grid tell more.
RATES = {
    "attraction": 0.34e-9,   # an edge
    "points": 1.0e-9,        # a row that is packed and unpacked
    "spread": 6.0e-9,        # a point: sorting it into its tile, and 16 nodes
    "gather": 6.0e-9,        # a point
    "tile": 0.25e-9,         # a node of a tile that is added up and sent back
    "transform": 0.60e-9,    # a value of a line, for each doubling of its length
    "normalization": 4.0e-9,  # a row: its term of the exact sum, and its gradient
    "update": 3.0e-9,        # a row
    "product": 0.03e-9,      # a coordinate of a distance, in the search for neighbors
}
# A cluster as it is bought today: links of 100 Gbit/s, 32 ranks to a node.
NETWORK = {"ranks_per_node": 32, "latency": 1.5e-6, "latency_in_node": 0.4e-6, "overhead": 0.5e-6,
           "node_bytes_per_second": 12.5e9, "rank_bytes_per_second": 5e9}
STAGES = ["attraction", "points", "spread", "gather", "grid exchange", "transform", "transposition", "sums", "update"]


class Cluster:
    """Times of messages."""

    def __init__(self, ranks, network):
        self.ranks, self.network = ranks, network
        alone = ranks <= network["ranks_per_node"]
        self.latency = network["latency_in_node" if alone else "latency"]
        self.share = network["rank_bytes_per_second"] if alone else min(
            network["rank_bytes_per_second"], network["node_bytes_per_second"] / network["ranks_per_node"])
        self.doublings = math.ceil(math.log2(ranks))

    def messages(self, count, sent, crowded=True):
        """To several ranks at once; `crowded` when the other ranks of the node send as much."""
        if self.ranks == 1:
            return 0.0
        rate = self.share if crowded else self.network["rank_bytes_per_second"]
        return self.latency + count * self.network["overhead"] + sent / rate

    def sum(self, sent):
        return self.doublings * (self.latency + 2 * self.network["overhead"] + sent / self.share)

    def announcement(self, count):
        """Messages that are answered, and a barrier."""
        if self.ranks == 1:
            return 0.0
        return 2 * self.latency + count * self.network["overhead"] + self.sum(0)


def parts(rows, ranks, rates, network, **map_options):
    """Seconds of each part of an iteration, and the bytes of a rank."""
    edges = map_options.get("edges", 22)
    sent, grid, counts = communication.predicted(rows, ranks, **map_options)
    cluster, own = Cluster(ranks, network), math.ceil(rows / ranks)
    slab, columns, padded = float(grid.slab_nodes.max()), float(grid.columns.max()), 2 * grid.nodes
    line = lambda length: length * math.log2(length) * rates["transform"]
    tiles, trips = sent["grid exchange"], 3
    spread_thin = grid.slab_nodes.astype(bool).mean() * network["ranks_per_node"] <= 1
    seconds = {
        "attraction": own * edges * rates["attraction"],
        "points": counts["remote"] * rates["points"] + cluster.messages(counts["partners"], sent["points"]["bytes"]),
        "spread": own * rates["spread"],
        "gather": own * rates["gather"],
        "grid exchange": counts["tiles"] * grid.depth * communication.TILE_WIDTH * rates["tile"]
        + cluster.announcement(tiles["most messages"] / trips)
        + 2 * cluster.messages(tiles["most messages"] / trips, tiles["most bytes"] / 2, not spread_thin),
        # A line of reals forth and back costs as much as one of complex numbers half as long; so do two of columns.
        "transform": slab * line(padded) + 2 * columns * line(padded),
        "transposition": 2 * cluster.messages(sent["transform"]["most messages"] / 2,
                                              sent["transform"]["most bytes"] / 2, not spread_thin),
        # Bounds, the normalization, and whether to stop.
        "sums": own * rates["normalization"] + cluster.sum(56) + cluster.sum(552) + cluster.sum(16),
        "update": own * rates["update"]}
    memory = own * (edges * 8 + 160) + counts["remote"] * 24 + counts["tiles"] * grid.depth * 16 * 20 \
        + 8.0 * (slab * (2 * grid.nodes + 2 * grid.spectrum) + columns * (grid.nodes + padded))
    return seconds, memory, grid, sent


def bottleneck(seconds):
    return max(seconds, key=seconds.get)


def table(rates, network, all_rows, all_ranks):
    """Milliseconds of an iteration and the part that takes most of it."""
    print("milliseconds of an iteration, its longest part, and megabytes of a rank "
          "(map of 2 dimensions, 22 edges a row)")
    print(f"{'rows':>8} {'ranks':>6} {'ms':>10} {'speedup':>8} {'MB':>9}  " + " ".join(f"{s[:11]:>11}" for s in STAGES)
          + "  longest")
    for rows in all_rows:
        alone = None
        for ranks in all_ranks:
            if rows < 16 * ranks:
                continue
            seconds, memory, _, _ = parts(rows, ranks, rates, network)
            total = sum(seconds.values())
            alone = alone or total
            print(f"{rows:8.0e} {ranks:6} {1e3 * total:10.3f} {alone / total:8.1f} {memory / 1e6:9.1f}  "
                  + " ".join(f"{1e3 * seconds[s]:11.4f}" for s in STAGES) + f"  {bottleneck(seconds)}")


def search(rows, ranks, rates, network, columns=50, neighbors=15, probes=20):
    """Seconds of the approximate search for neighbors by part, and bytes of what every rank holds of all lists."""
    cluster, own = Cluster(ranks, network), math.ceil(rows / ranks)
    lists = min(4.0 * math.sqrt(rows), 65536.0)
    visited = probes * rows / lists  # rows that a row is compared with
    sums = 8.0 * lists * (columns + 1)
    row_bytes = 4.0 * columns + 12 * neighbors
    seconds = {
        "lists": own * lists * columns * rates["product"],
        # Five times the sums of all centroids: halved and gathered again, so that they pass each rank twice.
        "centroids": 5 * (32 * lists / ranks * lists * columns * rates["product"]
                          + (cluster.sum(0) + 2 * sums / cluster.share if ranks > 1 else 0.0)),
        "scan": own * visited * columns * rates["product"],
        # Each row goes once to the ranks of the lists that it visits elsewhere, and its neighbors come back.
        "visits": cluster.messages(2 * min(ranks, own), own * min(probes, ranks - 1) * row_bytes)}
    return seconds, 4.0 * lists * columns + sums


def search_table(rates, network, all_rows, all_ranks):
    print("seconds of the search for neighbors, and megabytes of centroids and their sums on every rank")
    for rows in all_rows:
        for ranks in all_ranks:
            if rows >= 16 * ranks:
                seconds, held = search(rows, ranks, rates, network)
                print(f"{rows:8.0e} {ranks:6} {sum(seconds.values()):12.3f} {held / 1e6:8.1f}  "
                      + " ".join(f"{name} {value:.3f}" for name, value in seconds.items())
                      + f"  longest: {bottleneck(seconds)}")


def measured_rates(path):
    """Rates from a run of bench_loop on one rank."""
    with open(path, encoding="utf-8") as file:
        run = json.load(file)
    if run["ranks"] != 1:
        sys.exit(f"{path}: rates are taken from a run on one rank, this one has {run['ranks']}")
    rows = run["rows"]
    grid = communication.Grid(run["width"], run["step"], run["order"], 1)
    padded = 2 * grid.nodes
    units = {"attraction": rows * run["edges"], "spread": rows, "gather": rows, "normalization": rows, "update": rows,
             "transform": (grid.nodes + 2 * grid.spectrum) * padded * math.log2(padded), "tile": grid.nodes ** 2}
    names = {"tile": "grid exchange"}
    taken = {rate: 1e-3 * run["stages"][names.get(rate, rate)]["milliseconds"]["max"] / units[rate] for rate in units}
    return {**RATES, **taken}


def compare(path, tolerance, rates, network):
    """Prints a run beside the model; whether bytes and messages of every stage agree to within the tolerance."""
    with open(path, encoding="utf-8") as file:
        run = json.load(file)
    seconds, _, _, sent = parts(run["rows"], run["ranks"], rates, network, edges=run["edges"], far=run["far_share"],
                                width=run["width"], step=run["step"], order=run["order"])
    print(f"{run['rows']} rows on {run['ranks']} ranks: measured, and its ratio to the model")
    fine = True
    for stage, model in sent.items():
        found = run["stages"][stage]
        line = f"  {stage:14}"
        for figure in ("bytes", "messages", "collective_bytes", "collectives"):
            value, expected = found[figure]["mean"], model[figure]
            ratio = value / expected if expected else 1.0 if value == 0 else math.inf
            # Of very few messages one more or less is no error of the model.
            agrees = abs(ratio - 1) <= tolerance or (figure == "messages" and abs(value - expected) <= 0.5)
            fine = fine and agrees
            line += f" {figure} {value:10.1f} ({ratio:5.3f}{'' if agrees else ' !'})"
        print(line)
    times = {"points": "points", "grid exchange": "grid exchange", "transposition": "transform",
             "sums": "normalization"}
    # A simulated run counts the time of communication alone.
    zero = {rate: 0.0 for rate in rates}
    alone, _, _, _ = parts(run["rows"], run["ranks"], zero, network, edges=run["edges"], far=run["far_share"],
                           width=run["width"], step=run["step"], order=run["order"])
    for part, stage in times.items():
        value = run["stages"][stage]["milliseconds"]["max"]
        print(f"  {stage:14} {value:9.4f} ms, model {1e3 * alone[part]:9.4f} ms of communication, "
              f"{1e3 * seconds[part]:9.4f} ms in all")
    return fine


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rates", help="JSON of bench_loop on one rank")
    parser.add_argument("--network", type=json.loads, default={}, help="JSON that replaces network figures")
    parser.add_argument("--rows", type=float, nargs="+", default=[1e5, 1e6, 1e7, 1e8, 1e9])
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 4, 16, 64, 256, 1024, 4096])
    parser.add_argument("--search", action="store_true", help="the search for neighbors in place of an iteration")
    parser.add_argument("--check", nargs="+", default=[], metavar="LOOP.json", help="runs to compare with")
    parser.add_argument("--tolerance", type=float, default=0.1, help="of bytes and messages in a check")
    options = parser.parse_args()
    rates = measured_rates(options.rates) if options.rates else RATES
    network = {**NETWORK, **options.network}
    if options.check:
        agreed = [compare(path, options.tolerance, rates, network) for path in options.check]
        sys.exit(0 if all(agreed) else 1)
    if options.search:
        search_table(rates, network, [int(rows) for rows in options.rows], options.ranks)
        return
    print("ns: " + ", ".join(f"{name} {1e9 * rate:.3g}" for name, rate in rates.items()))
    table(rates, network, [int(rows) for rows in options.rows], options.ranks)


if __name__ == "__main__":
    main()
