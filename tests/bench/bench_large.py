"""A file of more elements than 32 bits can count, read and reduced by the program itself, and what that took.

    python3 tests/bench/bench_large.py large.h5 --ranks 2 --memory 15

The file is written when it is missing: by default 50,000,000 rows x 50 columns of 8-bit integers, compressed, on 3
hidden directions with noise. The run is stopped when the reduction is done; its explained variance has to be that of
the first million rows.
"""
import argparse
import json
import os
import pathlib
import re
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


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--rows", type=int, default=50000000)
    parser.add_argument("--columns", type=int, default=50)
    parser.add_argument("--components", type=int, default=10)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--memory", type=float, default=15, help="what all ranks together may use, in GB")
    parser.add_argument("--program", default=str(SOURCE / "build/release/bin/distsne"))
    parser.add_argument("--mpiexec", default="mpirun --oversubscribe --bind-to none")
    return parser.parse_args()


def write(path, rows, columns):
    draw = np.random.default_rng(1)
    directions = draw.normal(size=(3, columns)).astype("f4") * np.array([[12], [8], [5]], "f4")
    partial = f"{path}.partial"
    with h5py.File(partial, "w") as file:
        data = file.create_dataset("X", (rows, columns), "i1", chunks=(20000, columns), compression="gzip",
                                   compression_opts=1)
        for begin in range(0, rows, BLOCK):
            count = min(BLOCK, rows - begin)
            noise = 3 * draw.standard_normal((count, columns), "f4")
            values = draw.standard_normal((count, 3), "f4") @ directions + noise
            data[begin:begin + count] = np.clip(np.rint(values), -127, 127).astype("i1")
    os.replace(partial, path)


def expected_share(path, components):
    """Of the variance, by the leading components of the first rows."""
    with h5py.File(path) as file:
        values = np.linalg.eigvalsh(np.cov(file["X"][:1000000].astype("f4"), rowvar=False))[::-1]
    return values[:components].sum() / values.sum()


def descendants(pid):
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children")
    try:
        own = [int(child) for child in children.read_text().split()]
    except OSError:
        own = []
    return own + [further for child in own for further in descendants(child)]


def peak_bytes(pid):
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text())
    except OSError:
        found = None
    return int(found[1]) * 1024 if found else 0


def main():
    arguments = options()
    if not pathlib.Path(arguments.file).exists():
        start = time.monotonic()
        write(arguments.file, arguments.rows, arguments.columns)
        print(f"written in {time.monotonic() - start:.0f} s")
    size = os.path.getsize(arguments.file)
    common = [arguments.file, "--pca", str(arguments.components), "--memory", "off"]
    with tempfile.TemporaryDirectory(prefix="distsne-bench-") as folder:
        log = pathlib.Path(folder) / "log.jsonl"
        process = subprocess.Popen(
            [*shlex.split(arguments.mpiexec), "-n", str(arguments.ranks), arguments.program, "embed", *common, "-o",
             f"{folder}/map.h5", "--checkpoint", "off", "--log-json", str(log)], start_new_session=True)
        peaks = {}
        asked = False
        while process.poll() is None:
            for pid in descendants(process.pid):
                peaks[pid] = max(peaks.get(pid, 0), peak_bytes(pid))
            if not asked and log.exists() and '"stage":"reduce"' in log.read_text():
                asked = True
                process.send_signal(signal.SIGUSR1)
                at_reduced = dict(peaks)
            time.sleep(0.05)
        if not asked:
            sys.exit("the run ended before its rows were reduced")
        stages = {record["stage"]: record for record in map(json.loads, log.read_text().splitlines())
                  if record["event"] == "stage"}
    ranks = sorted(at_reduced.values(), reverse=True)[:arguments.ranks]
    share = float(re.search(r"([\d.]+) % of the variance", stages["reduce"]["result"])[1])
    print(f"{arguments.rows} x {arguments.columns} ({arguments.rows * arguments.columns / 2**31:.2f} x 2^31 elements), "
          f"{size / 1e9:.2f} GB compressed, {arguments.ranks} ranks")
    for stage in ("read", "reduce"):
        seconds = stages[stage]["seconds"]
        rate = arguments.rows * arguments.columns * 4 / seconds / 1e9
        print(f"{stage:<8} {seconds:8.1f} s  {rate:6.2f} GB/s of floats")
    print("peak memory of the ranks:", ", ".join(f"{peak / 1e9:.2f} GB" for peak in ranks))
    expected = 100 * expected_share(arguments.file, arguments.components)
    print(f"explained variance {share:.1f} %, of the first rows {expected:.1f} %; exit code {process.returncode}")
    if abs(share - expected) > 0.2 or process.returncode != 75:
        sys.exit("that is not what was expected")
    if sum(ranks) > arguments.memory * 1e9:
        sys.exit(f"that is more memory than {arguments.memory} GB")


if __name__ == "__main__":
    main()
