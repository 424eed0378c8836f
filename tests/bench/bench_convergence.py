"""The KL by iterations and by seconds, for several kinds of data and schedules, as JSON and a picture of the curves.

    python3 tests/bench/bench_convergence.py --ranks 2 --mnist mnist.h5 --json curves.json --svg curves.svg
    python3 tests/bench/bench_convergence.py --sets digits noise --schedule "annealed=" --schedule "slow=--momentum 0.9"

A schedule is a name and options of distsne embed. All schedules of a set start from one graph. The KL is that which the
program states, over the neighbors of the graph; --judge computes that of the final map anew, with the exact sum over
all pairs. --peers runs those of openTSNE and FIt-SNE that can be imported, on the same principal components; only their
final state enters. --small compares sets of few rows with what scikit-learn reaches (tests/reference).
"""
import argparse
import html
import importlib
import json
import pathlib
import shlex
import subprocess
import tempfile
import time

import h5py
import numpy as np

SOURCE = pathlib.Path(__file__).resolve().parents[2]
COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")


def mixture(random, rows):
    centers = 3 * random.normal(size=(100, 50))
    return centers[random.integers(0, 100, rows)] + random.normal(size=(rows, 50))


def roll(random, rows):
    angle = 1.5 * np.pi * (1 + 2 * random.random(rows))
    return np.stack([angle * np.cos(angle), angle * np.sin(angle), 5 * random.random(rows)], axis=1)


def two_clusters(random, rows):
    far = rows // 50
    return np.concatenate([random.normal(size=(rows - far, 20)), 50 + random.normal(size=(far, 20))])


def patches(random, rows, images):
    images = images.reshape(len(images), 28, 28)
    chosen = random.integers(0, len(images), rows)
    top, left = random.integers(0, 22, rows), random.integers(0, 22, rows)
    return np.stack([images[chosen, top + a, left + b] for a in range(7) for b in range(7)], axis=1)


MADE = {
    "mixture": lambda random: mixture(random, 50000),
    "noise": lambda random: random.random((20000, 10)),
    "roll": lambda random: roll(random, 20000),
    "two clusters": lambda random: two_clusters(random, 10000),
}


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", nargs="*", default=["digits", *MADE], help="digits, " + ", ".join(MADE))
    parser.add_argument("--mnist", help="HDF5 file with the 70,000 x 784 digits: adds them")
    parser.add_argument("--patches", type=int, nargs="*", default=[], help="numbers of 7 x 7 patches of those to add")
    parser.add_argument("--schedule", action="append", metavar="NAME=OPTIONS")
    parser.add_argument("--program", default=str(SOURCE / "build/release/bin/distsne"))
    parser.add_argument("--mpiexec", default="mpirun --oversubscribe --bind-to none")
    parser.add_argument("--ranks", type=int, default=1)
    parser.add_argument("--measure-every", type=int, default=10)
    parser.add_argument("--judge", action="store_true")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--json")
    parser.add_argument("--svg")
    return parser.parse_args()


def run(arguments, *words):
    command = [*shlex.split(arguments.mpiexec), "-n", str(arguments.ranks), arguments.program, *map(str, words)]
    begin = time.monotonic()
    subprocess.run(command, check=True)
    return time.monotonic() - begin


def curve_of(log):
    """Iterations, seconds since the first, and KL of the events of a log for programs."""
    events = [json.loads(line) for line in log.read_text().splitlines()]
    measured = [event for event in events if event["event"] == "iteration"]
    start = measured[0]["time"]
    return [[event["iteration"], event["time"] - start, event["kl"]] for event in measured]


def bench(arguments, name, rows, schedules, folder):
    data, graph = folder / "rows.h5", folder / "graph.h5"
    with h5py.File(data, "w") as file:
        file["X"] = rows
    run(arguments, "neighbors", data, "-o", graph, "-q")
    results = []
    for title, words in schedules:
        output, log = folder / "map.h5", folder / "log.jsonl"
        log.unlink(missing_ok=True)
        seconds = run(arguments, "embed", data, "--graph", graph, "-o", output, "-q", "--checkpoint", "off",
                      "--measure-every", arguments.measure_every, "--log-json", log, *shlex.split(words))
        with h5py.File(output) as file:
            span = float(np.ptp(file["embedding"][:], axis=0).max())
            result = {"set": name, "rows": len(rows), "schedule": title, "seconds": seconds,
                      "iterations": int(file.attrs["iterations"]), "ending": str(file.attrs["ending"]),
                      "kl": float(file["history/kl"][-1]), "span": span, "curve": curve_of(log)}
        if arguments.judge:
            judged = folder / "judged.h5"
            run(arguments, "embed", data, "--graph", graph, "--init", f"{output}:embedding", "--iterations", 0,
                "--field", "direct", "-o", judged, "-q", "--checkpoint", "off")
            with h5py.File(judged) as file:
                result["judged_kl"] = float(file["history/kl"][-1])
        results.append(result)
        print(f"{name:<14}{title:<12}{result['iterations']:>6} iterations  {seconds:>8.2f} s  KL {result['kl']:.4f}"
              f"  span {span:.0f}", flush=True)
    return results


def peers(arguments, name, rows):
    """Whole runs of other programs on the leading components, by their defaults."""
    rows = rows.astype("f8") - rows.mean(axis=0)
    if rows.shape[1] > 50:
        axes = np.linalg.eigh(rows.T @ rows)[1][:, ::-1][:, :50]
        rows = rows @ axes
    results = []
    for peer, module in (("openTSNE", "openTSNE"), ("FIt-SNE", "fast_tsne")):
        try:
            library = importlib.import_module(module)
        except ImportError:
            print(f"{name}: {peer} cannot be imported")
            continue
        begin = time.monotonic()
        if peer == "openTSNE":
            kl = float(library.TSNE(n_jobs=arguments.ranks, negative_gradient_method="fft").fit(rows).kl_divergence)
        else:
            _, costs = library.fast_tsne(rows, nthreads=arguments.ranks, return_loss=True)
            kl = float(costs[np.nonzero(costs)[0][-1]])
        results.append({"set": name, "rows": len(rows), "schedule": peer, "kl": kl,
                        "seconds": time.monotonic() - begin})
        print(f"{name:<14}{peer:<12}{results[-1]['seconds']:>8.2f} s  KL {kl:.4f} (its own)", flush=True)
    return results


def small(arguments, folder):
    """Sets of few rows beside the best of scikit-learn."""
    results = []
    with h5py.File(SOURCE / "tests/reference/sklearn_small.h5") as reference:
        for name, sizes in reference.items():
            for count in sorted(sizes, key=int):
                for perplexity, case in sizes[count].items():
                    data, output = folder / "small.h5", folder / "small_map.h5"
                    with h5py.File(data, "w") as file:
                        file["X"] = case["X"][:]
                    run(arguments, "embed", data, "-q", "-o", output, "--checkpoint", "off", "--perplexity", perplexity)
                    with h5py.File(output) as file:
                        kl = float(file["history/kl"][-1])
                    results.append({"set": name, "rows": int(count), "perplexity": float(perplexity), "kl": kl,
                                    "scikit-learn": float(case.attrs["kl"])})
                    print(f"{name:<8}{count:>5} rows, perplexity {perplexity:>4}: KL {kl:.4f}, scikit-learn "
                          f"{case.attrs['kl']:.4f}", flush=True)
    return results


def panel(results, column, left, top, width, height):
    """One set of axes: the KL over iterations (column 0) or seconds (column 1)."""
    curves = [(result["schedule"], np.array(result["curve"])) for result in results if "curve" in result]
    most = max(curve[-1, column] for _, curve in curves) or 1
    costs = np.concatenate([curve[:, 2] for _, curve in curves])
    low, high = costs.min(), costs.max()
    parts = [f'<rect x="{left}" y="{top}" width="{width}" height="{height}" fill="none" stroke="#888"/>',
             f'<text x="{left}" y="{top - 6}">{html.escape(results[0]["set"])}, KL {low:.3f} to {high:.3f} over '
             f'{most:.3g} {("iterations", "seconds")[column]}</text>']
    for number, (title, curve) in enumerate(curves):
        x = left + width * curve[:, column] / most
        y = top + height * (1 - (curve[:, 2] - low) / max(high - low, 1e-12))
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y))
        color = COLORS[number % len(COLORS)]
        parts.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="1.5"/>')
        parts.append(f'<text x="{left + width - 90}" y="{top + 16 + 14 * number}" fill="{color}">'
                     f"{html.escape(title)}</text>")
    return "\n".join(parts)


def draw(path, by_set):
    width, height, margin = 380, 200, 40
    parts = [panel(results, column, margin + column * (width + margin), margin + place * (height + margin), width,
                   height)
             for place, results in enumerate(by_set) for column in (0, 1)]
    size = (2 * (width + margin) + margin, len(by_set) * (height + margin) + margin)
    pathlib.Path(path).write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}" font-family="sans-serif" '
        f'font-size="12"><rect width="100%" height="100%" fill="white"/>\n' + "\n".join(parts) + "\n</svg>\n")


def main():
    arguments = options()
    schedules = [tuple(text.split("=", 1)) for text in arguments.schedule or
                 ("annealed=", "classic=--schedule classic")]
    random = np.random.default_rng(5)
    sets = []
    with h5py.File(SOURCE / "tests/data/digits.h5") as file:
        if "digits" in arguments.sets:
            sets.append(("digits", file["X"][:]))
    sets += [(name, make(random).astype("f4")) for name, make in MADE.items() if name in arguments.sets]
    if arguments.mnist:
        with h5py.File(arguments.mnist) as file:
            images = file["X"][:]
        sets.append(("MNIST", images))
        sets += [(f"patches {count}", patches(random, count, images)) for count in arguments.patches]
    by_set, others, few = [], [], []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for title, rows in sets:
            by_set.append(bench(arguments, title, rows, schedules, folder))
            if arguments.peers:
                others += peers(arguments, title, rows)
        if arguments.small:
            few = small(arguments, folder)
    if arguments.json:
        pathlib.Path(arguments.json).write_text(
            json.dumps({"runs": [result for results in by_set for result in results], "peers": others, "small": few},
                       indent=1))
    if arguments.svg and by_set:
        draw(arguments.svg, by_set)


if __name__ == "__main__":
    main()
