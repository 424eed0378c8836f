"""Whole runs of distsne, by stage, beside other programs on the same data in the same run, with one judge for all.

Needs Python with h5py and numpy; --compare runs those of scikit-learn, openTSNE and FIt-SNE that can be imported. All
start from the same principal components and the same initial map, with the same number of threads. The judge computes
the KL divergence over exact neighbors and all pairs, and the share of the 10 nearest neighbors that a map keeps.

    python3 tests/bench/bench_embed.py mnist.h5 --ranks 2 --json embed.json --compare openTSNE FIt-SNE
    python3 tests/bench/bench_embed.py mnist.h5 --rows 10000 --exact --compare --iterations 50
"""
import argparse
import importlib
import json
import os
import pathlib
import platform
import resource
import subprocess
import tempfile
import time

import h5py
import numpy as np

SOURCE = pathlib.Path(__file__).resolve().parents[2]
PERPLEXITY = 30
EARLY = 250
PEERS = ("scikit-learn", "openTSNE", "FIt-SNE")


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input", help="HDF5 file with a dataset X")
    parser.add_argument("--rows", type=int, help="take the first so many only")
    parser.add_argument("--patches", type=int, metavar="N", help="N patches of 7 x 7 of images of 28 x 28 instead")
    parser.add_argument("--program", default=str(SOURCE / "build/release/bin/distsne"))
    parser.add_argument("--ranks", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1, help="of each rank; others get ranks x threads")
    parser.add_argument("--iterations", type=int, default=750, help=f"{EARLY} of them exaggerated, at most half")
    parser.add_argument("--exact", action="store_true", help="all pairs and direct sums; the others' exact methods")
    parser.add_argument("--option", action="append", default=[], help="passed to distsne embed, as --option=--k=50")
    parser.add_argument("--compare", nargs="*", metavar="PROGRAM", choices=list(PEERS),
                        help=f"run other programs as well: {', '.join(PEERS)}, or all where none is named")
    parser.add_argument("--no-judge", action="store_true", help="skip the judge, which takes N^2 time")
    parser.add_argument("--json", help="write the figures to this file")
    return parser.parse_args()


def load(arguments):
    with h5py.File(arguments.input) as file:
        rows = file["X"][: arguments.rows].astype("f4")
    if not arguments.patches:
        return rows
    images = rows.reshape(len(rows), 28, 28)
    corners = [(r, c) for r in range(3, 19, 3) for c in range(3, 19, 3)]
    random = np.random.default_rng(0)
    place = random.permutation(len(images) * len(corners))[: arguments.patches]
    patches = np.empty((len(place), 49), "f4")
    for number, (r, c) in enumerate(corners):
        chosen = place % len(corners) == number
        patches[chosen] = images[place[chosen] // len(corners), r:r + 7, c:c + 7].reshape(-1, 49)
    return patches


def components(rows, count=50):
    """Scores along the leading principal components."""
    centered = rows - rows.mean(axis=0)
    if rows.shape[1] <= count:
        return centered
    _, axes = np.linalg.eigh((centered.T @ centered).astype("f8"))
    return np.ascontiguousarray(centered @ axes[:, :-count - 1:-1].astype("f4"))


class Bench:
    def __init__(self, arguments, folder):
        self.arguments = arguments
        self.folder = folder
        self.threads = arguments.ranks * arguments.threads
        self.early = min(EARLY, arguments.iterations // 2)
        self.raw = load(arguments)
        self.x = components(self.raw)
        self.start = self.x[:, :2] / self.x[:, 0].std() * 1e-4
        self.affinities = None
        self.report = {"processor": platform.processor() or platform.machine(), "rows": len(self.x),
                       "columns": self.raw.shape[1], "ranks": arguments.ranks, "threads": arguments.threads,
                       "iterations": arguments.iterations, "runs": []}

    # The programs: each returns its map and a list of (stage, seconds).

    def distsne(self):
        source, output = self.folder / "x.h5", self.folder / "map.h5"
        with h5py.File(source, "w") as file:
            file["X"] = self.raw
        exact = ["--neighbors", "all", "--field", "direct"] if self.arguments.exact else []
        environment = {**os.environ, "OMP_NUM_THREADS": str(self.arguments.threads), "OMPI_ALLOW_RUN_AS_ROOT": "1",
                       "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1",
                       "OMPI_MCA_hwloc_base_binding_policy": "none"}
        subprocess.run(["mpirun", "-n", str(self.arguments.ranks), self.arguments.program, "embed", source, "-q", "-o",
                        output, "--schedule", "classic", "--iterations", str(self.arguments.iterations),
                        "--exaggeration-iterations", str(self.early), "--measure-every", "250", *exact,
                        *self.arguments.option],
                       check=True, env=environment)
        with h5py.File(output) as file:
            phases = list(zip(file["timings/phase"].asstr()[:], file["timings/max"][:]))
            print(f"  KL {file['history/kl'][-1]:.4f}, force error {file['history/force_error'][-1]:.2g}, recall "
                  f"{file.attrs['recall']:.4f}, {file.attrs['peak_memory_mean'] * file.attrs['ranks'] / 1e6:.0f} MB")
            return file["embedding"][:], phases

    def scikit_learn(self):
        manifold = importlib.import_module("sklearn.manifold")
        tsne = manifold.TSNE(init=self.start, perplexity=PERPLEXITY, n_iter=max(250, self.arguments.iterations),
                             learning_rate=max(len(self.x) / 12.0 / 4, 50), n_jobs=self.threads,
                             method="exact" if self.arguments.exact else "barnes_hut")
        if not self.arguments.exact:
            return tsne.fit_transform(self.x), []
        # Its shortest run has 250 iterations: time some of its steps instead.
        inner = importlib.import_module("sklearn.manifold._t_sne")
        distances = importlib.import_module("sklearn.metrics").pairwise_distances(self.x, squared=True)
        begin = time.monotonic()
        p = inner._joint_probabilities(distances, PERPLEXITY, 0)
        affinities = time.monotonic() - begin
        position = self.start.astype("f4").ravel()
        steps = min(self.arguments.iterations, 10)
        begin = time.monotonic()
        for _ in range(steps):
            _, gradient = inner._kl_divergence(position, p, 1, len(self.x), 2)
            position -= gradient
        return None, [("affinities", affinities), ("ms/iteration", 1e3 * (time.monotonic() - begin) / steps)]

    def open_tsne(self):
        module = importlib.import_module("openTSNE")
        tsne = module.TSNE(perplexity=PERPLEXITY, initialization=self.start.astype("f8"), n_jobs=self.threads,
                           n_iter=self.arguments.iterations - self.early, early_exaggeration_iter=self.early,
                           negative_gradient_method="fft", random_state=1)
        return np.asarray(tsne.fit(self.x)), []

    def fit_sne(self):
        module = importlib.import_module("fast_tsne")
        return module.fast_tsne(self.x.astype("f8"), perplexity=PERPLEXITY, max_iter=self.arguments.iterations,
                                stop_early_exag_iter=self.early, initialization=self.start.astype("f8"),
                                nthreads=self.threads, seed=1), []

    # The judge.

    def exact_affinities(self, count=90):
        """Neighbors and joint affinities of all rows, by comparing all pairs."""
        n = len(self.x)
        squares = (self.x**2).sum(axis=1)
        neighbors = np.empty((n, count), "i4")
        p = np.empty((n, count))
        for begin in range(0, n, 500):
            part = slice(begin, min(n, begin + 500))
            d = squares[part, None] + squares - 2 * self.x[part] @ self.x.T
            d[np.arange(len(d)), np.arange(begin, begin + len(d))] = np.inf
            near = np.argpartition(d, count, axis=1)[:, :count]
            d = np.maximum(np.take_along_axis(d, near, 1).astype("f8"), 0)
            order = np.argsort(d, axis=1)
            neighbors[part] = np.take_along_axis(near, order, 1)
            p[part] = self.perplexity_rows(np.take_along_axis(d, order, 1))
        return neighbors, p

    @staticmethod
    def perplexity_rows(d):
        """p_j|i of squared distances, by bisection on the logarithm of beta."""
        d = d - d[:, :1]
        low, high = np.full(len(d), -60.0), np.full(len(d), 60.0)
        for _ in range(80):
            beta = np.exp((low + high) / 2)[:, None]
            w = np.exp(-d * beta)
            p = w / w.sum(axis=1, keepdims=True)
            entropy = -(p * np.log(np.maximum(p, 1e-300))).sum(axis=1)
            wide = entropy > np.log(PERPLEXITY)
            low, high = np.where(wide, (low + high) / 2, low), np.where(wide, high, (low + high) / 2)
        return p

    def judge(self, y):
        if self.affinities is None:
            self.affinities = self.exact_affinities()
        neighbors, p = self.affinities
        n, count = neighbors.shape
        y = y.astype("f8")
        squares = (y**2).sum(axis=1)
        z = 0.0
        kept = 0
        sample = np.random.default_rng(3).choice(n, min(n, 2000), replace=False)
        for begin in range(0, n, 500):
            part = slice(begin, min(n, begin + 500))
            d = np.maximum(squares[part, None] + squares - 2 * y[part] @ y.T, 0)
            z += (1 / (1 + d)).sum() - len(d)
            for row in sample[(sample >= part.start) & (sample < part.stop)]:
                near = np.argpartition(d[row - begin], 11)[:11]
                kept += len(np.intersect1d(near[near != row], neighbors[row, :10]))
        forward = np.repeat(np.arange(n), count) * np.int64(n) + neighbors.ravel()
        backward = neighbors.ravel().astype("i8") * n + np.repeat(np.arange(n), count)
        keys, place = np.unique(np.concatenate([forward, backward]), return_inverse=True)
        joint = np.bincount(place, np.tile(p.ravel(), 2)) / (2 * n)
        d = ((y[keys // n] - y[keys % n]) ** 2).sum(axis=1)
        used = joint > 0
        kl = (joint[used] * (np.log(joint[used]) + np.log1p(d[used]))).sum() + np.log(z)
        return float(kl), kept / (10 * len(sample))

    def run(self, name, program):
        def processors():
            return sum(resource.getrusage(who).ru_utime for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF))

        before = processors()
        begin = time.monotonic()
        try:
            y, stages = program()
        except ImportError as missing:
            print(f"{name}: not run ({missing})")
            return
        seconds = time.monotonic() - begin
        cpu = processors() - before
        entry = {"program": name, "seconds": seconds, "cpu_seconds": cpu, "stages": dict(stages)}
        print(f"{name}: {seconds:.2f} s, {cpu:.2f} s of processors")
        for stage, value in stages:
            print(f"  {stage:<16}{value:>10.3f}")
        if y is not None and not self.arguments.no_judge:
            entry["kl"], entry["neighbors_kept"] = self.judge(y)
            print(f"  judged: KL {entry['kl']:.4f}, {100 * entry['neighbors_kept']:.1f} % of 10 neighbors kept")
        self.report["runs"].append(entry)


def main():
    arguments = options()
    with tempfile.TemporaryDirectory(prefix="distsne-bench-") as folder:
        bench = Bench(arguments, pathlib.Path(folder))
        bench.run("distsne", bench.distsne)
        peers = dict(zip(PEERS, (bench.scikit_learn, bench.open_tsne, bench.fit_sne)))
        if arguments.compare is not None:
            for name in arguments.compare or PEERS[:1 if arguments.exact else None]:
                bench.run(name, peers[name])
        for entry in bench.report["runs"][1:]:
            entry["times_distsne"] = entry["seconds"] / bench.report["runs"][0]["seconds"]
            print(f"{entry['program']} takes {entry['times_distsne']:.1f} times as long")
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps(bench.report, indent=1))


if __name__ == "__main__":
    main()
