"""Runs that are killed and stopped again and again, on changing numbers of ranks and threads, until each is done: every
map has to have the bits of a run that was left alone.

    python3 tests/bench/soak.py --faults 60 --program build/release/bin/distsne
"""
import argparse
import collections
import os
import pathlib
import random
import shlex
import signal
import subprocess
import sys
import tempfile
import time

import h5py
import numpy as np

SOURCE = pathlib.Path(__file__).resolve().parents[2]
ROWS = 6000
CONFIGURATIONS = [  # rows, options
    (ROWS, ["--neighbors", "approx", "--field", "grid", "--iterations", 300]),
    (ROWS, ["--neighbors", "exact", "--dims", 3, "--metric", "correlation", "--iterations", 300]),
    (1500, ["--neighbors", "all", "--pca", "off", "--field", "direct", "--iterations", 400]),
    (ROWS, ["--method", "ssne", "--precision", "double", "--metric", "cosine", "--iterations", 300]),
    (ROWS, ["--affinity", "uniform", "--dims", 1, "--init", "random", "--iterations", 400]),
    (1500, ["--method", "sne", "--optimizer", "gd", "--iterations", 400]),
]


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(SOURCE / "build/release/bin/distsne"))
    parser.add_argument("--mpiexec", default="mpirun --oversubscribe --bind-to none")
    parser.add_argument("--faults", type=int, default=60, help="go on until so many runs were ended before their time")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of the moments; is printed")
    return parser.parse_args()


def write_input(path, rows):
    draw = np.random.default_rng(5)
    centers = draw.normal(scale=4, size=(20, 300))
    values = centers[draw.integers(20, size=rows)] + draw.normal(size=(rows, 300))
    with h5py.File(path, "w") as file:
        file.create_dataset("X", data=values.astype("f4"), chunks=(500, 300), compression="gzip")


class Soak:
    def __init__(self, arguments, folder):
        import kills  # these read the environment
        import program

        self.kills, self.program = kills, program
        self.draw = random.Random(arguments.seed)
        self.folder = folder
        self.faults = collections.Counter()
        self.met = collections.Counter()
        self.maps = 0

    def reference(self, source, choice):
        path = self.folder / "reference.h5"
        start = time.monotonic()
        result = self.program.run("embed", source, "-q", "-o", path, "--checkpoint", "off", *choice, ranks=2,
                                  timeout=600)
        assert result.code == 0, result.stderr
        return self.program.map_of(path), time.monotonic() - start

    def place(self, log):
        """Where a run was when it ended: the stage that follows the last one that the log says is done."""
        lines = log.read_text() if log.exists() else ""
        stages = ["read", "reduce", "neighbors", "affinities"]
        done = [stage for stage in stages if f'"stage":"{stage}"' in lines]
        if '"event":"iteration"' in lines:
            return "iterations"
        return "start" if not lines else "read" if not done else f"after {done[-1]}"

    def fault(self, source, output, choice, seconds):
        """One run that is ended at some moment. True when it was done before."""
        ranks = self.draw.choice([None, 2, 3, 4])
        how = self.draw.choice(["kill a rank", "kill a rank", "kill all", "SIGUSR1", "--max-time"])
        wait = self.draw.uniform(0.05, 1.1) * seconds
        log = self.folder / "log.jsonl"
        log.unlink(missing_ok=True)
        more = ["--checkpoint-every", self.draw.choice([0, 0.3]), "--log-json", log]
        if how == "--max-time":
            more += ["--max-time", f"{wait:.2f}s"]
        process = subprocess.Popen(
            self.program.command("embed", source, "-q", "-o", output, *choice, *more, ranks=ranks),
            env=self.program.environment(self.draw.choice([1, 2])), start_new_session=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if how != "--max-time":
            try:
                process.wait(wait)
            except subprocess.TimeoutExpired:
                if how == "SIGUSR1":
                    process.send_signal(signal.SIGUSR1)
                elif how == "kill a rank" and ranks is not None:
                    self.kills.kill_one_rank(process, choose=self.draw)
                else:
                    self.kills.kill_all(process)
        code = self.kills.end_after_kill(process)
        errors = process.stderr.read()
        process.stderr.close()
        assert code is not None, f"the job goes on after: {how}"
        if how in ("SIGUSR1", "--max-time"):
            # mpirun dies of a signal before its ranks run and after, and a program of one before it watches for them.
            outside = code in (-signal.SIGUSR1, 128 + signal.SIGUSR1) and (ranks or self.place(log) == "start")
            assert outside or code in (0, 75), (how, ranks, code, self.place(log), errors)
        if code != 0:
            self.faults[how] += 1
            self.met[self.place(log)] += 1
        return code == 0

    def run(self, rows, choice):
        source = self.folder / f"{rows}.h5"
        if not source.exists():
            write_input(source, rows)
        expected, seconds = self.reference(source, choice)
        output = self.folder / "map.h5"
        ended = 0
        while not self.fault(source, output, choice, seconds * (1 + 0.1 * ended)):
            ended += 1
        assert self.program.same_bits(self.program.map_of(output), expected), f"another map: {choice}"
        left = [path.name for path in self.folder.glob("map.h5?*")]
        assert not left, f"left behind: {left}"
        output.unlink()
        self.maps += 1
        print(f"{shlex.join(map(str, choice))}: the same bits after {ended} faults", flush=True)


def main():
    arguments = options()
    print(f"seed {arguments.seed}", flush=True)
    os.environ.update(DISTSNE=arguments.program, DISTSNE_SOURCE_DIR=str(SOURCE), DISTSNE_MPIEXEC=arguments.mpiexec,
                      DISTSNE_PATIENCE="2", DISTSNE_SANITIZED="0")
    sys.path.insert(0, str(SOURCE / "tests/support"))
    with tempfile.TemporaryDirectory(prefix="distsne-soak-") as folder:
        soak = Soak(arguments, pathlib.Path(folder))
        number = 0
        while soak.faults.total() < arguments.faults:
            soak.run(*CONFIGURATIONS[number % len(CONFIGURATIONS)])
            number += 1
    print(f"{soak.faults.total()} faults, {soak.maps} maps, all bits the same")
    for title, counts in (("how", soak.faults), ("met", soak.met)):
        print(f"{title}:", ", ".join(f"{name} {count}" for name, count in sorted(counts.items())))


if __name__ == "__main__":
    main()
