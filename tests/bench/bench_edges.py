"""A graph with more edges than 31 bits can count, on one rank and on several, kept in a checkpoint and taken from it.

    python3 tests/bench/bench_edges.py graph.h5 --folder /scratch

The graph is written when it is missing: by default 12,000,000 rows, each with the 90 rows that follow it in a ring as
its neighbors, so that no two are neighbors of each other and the joint affinities have 2,160,000,000 entries (1.006 x
2^31). A map of few iterations is made by one rank; then by several, which are stopped once the affinities are kept;
then by one rank that goes on from there. Both maps have to have the same bits.
"""
import argparse
import json
import os
import pathlib
import shlex
import signal
import subprocess
import sys
import tempfile
import time

import h5py
import numpy as np

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BLOCK = 500000  # rows that are made at a time
NEIGHBORS = 90


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("graph")
    parser.add_argument("--folder", help="for maps and the checkpoint of 17 GB")
    parser.add_argument("--rows", type=int, default=12000000)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--program", default=str(SOURCE / "build/release/bin/distsne"))
    parser.add_argument("--mpiexec", default="mpirun --oversubscribe --bind-to none")
    return parser.parse_args()


def write(path, rows):
    """Distances from 61 to 240, rising along each row; rows differ in how far the last of their neighbors is."""
    partial = f"{path}.partial"
    steps = np.arange(1, NEIGHBORS + 1)
    with h5py.File(partial, "w") as file:
        indices = file.create_dataset("indices", (rows, NEIGHBORS), "u4")
        distances = file.create_dataset("distances", (rows, NEIGHBORS), "u1")
        for begin in range(0, rows, BLOCK):
            row = np.arange(begin, min(begin + BLOCK, rows))[:, None]
            indices[begin:begin + BLOCK] = (row + steps) % rows
            distances[begin:begin + BLOCK] = 60 + steps * (1 + row % 1000 / 1000)
    os.replace(partial, path)


class Runs:
    def __init__(self, arguments, folder):
        self.arguments = arguments
        self.folder = folder

    def run(self, name, output, *options, ranks, stop_after=None):
        """What the log says; a run that is to be stopped has to end as such a run does."""
        log = self.folder / f"{name}.jsonl"
        command = [*shlex.split(self.arguments.mpiexec), "-n", str(ranks), self.arguments.program, "embed", "-q",
                   "--graph", self.arguments.graph, "-o", str(self.folder / output), "--memory", "off", "--init",
                   "random", "--iterations", "4", "--exaggeration-iterations", "2", "--measure-every", "2",
                   "--log-json", str(log), *options]
        start = time.monotonic()
        process = subprocess.Popen(command, start_new_session=True)
        while process.poll() is None:
            if stop_after is not None and log.exists() and f'"stage":"{stop_after}"' in log.read_text():
                process.send_signal(signal.SIGUSR1)
                stop_after = None
            time.sleep(0.2)
        records = [json.loads(line) for line in log.read_text().splitlines()]
        print(f"{name}: {time.monotonic() - start:.0f} s, exit code {process.returncode}", flush=True)
        if records[-1]["event"] == "end":
            for stage, figures in records[-1]["stages"].items():
                memory = figures.get("memory", {}).get("max", 0)
                print(f"  {stage:<12} {figures['seconds']['max']:8.1f} s  {memory / 1e9:6.2f} GB, "
                      f"predicted {figures.get('predicted', {}).get('memory', 0) / 1e9:6.2f} GB")
        return process.returncode, records


def main():
    arguments = options()
    if not pathlib.Path(arguments.graph).exists():
        write(arguments.graph, arguments.rows)
    edges = 2 * NEIGHBORS * arguments.rows
    print(f"{edges} edges ({edges / 2**31:.3f} x 2^31)", flush=True)
    with tempfile.TemporaryDirectory(prefix="distsne-bench-", dir=arguments.folder) as name:
        runs = Runs(arguments, pathlib.Path(name))
        whole, _ = runs.run("on one rank", "whole.h5", "--checkpoint", "off", ranks=1)
        stopped, _ = runs.run("stopped", "map.h5", "--checkpoint-every", "0", ranks=arguments.ranks,
                              stop_after="affinities")
        kept = sum(path.stat().st_size for path in runs.folder.glob("map.h5.checkpoint*"))
        resumed, records = runs.run("resumed", "map.h5", ranks=1)
        stages = [record["stage"] for record in records if record["event"] == "stage"]
        with h5py.File(runs.folder / "whole.h5") as one, h5py.File(runs.folder / "map.h5") as other:
            same = all(one[key][:].tobytes() == other[key][:].tobytes() for key in ("embedding", "history/kl"))
            print(f"KL {one['history/kl'][-1]:.6f}; {kept / 1e9:.2f} GB kept; stages of the run that went on: "
                  f"{', '.join(stages) or 'none'}; {'the same' if same else 'other'} bits")
    if (whole, stopped, resumed) != (0, 75, 0) or "neighbors" in stages or not same:
        sys.exit("that is not what was expected")


if __name__ == "__main__":
    main()
