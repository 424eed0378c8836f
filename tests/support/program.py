"""Running the program as a user does, and looking at what it leaves: shared by the Python tests."""
import os
import pathlib
import re
import shlex
import signal
import subprocess
import tempfile
import time
import unittest

import h5py
import numpy as np

SOURCE = pathlib.Path(os.environ["DISTSNE_SOURCE_DIR"])
PROGRAM = os.environ["DISTSNE"]
PATIENCE = int(os.environ["DISTSNE_PATIENCE"])  # how many times longer than usual the program may take
SANITIZED = os.environ["DISTSNE_SANITIZED"] == "1"  # memory is then not what it is without
DIGITS = SOURCE / "tests/data/digits.h5"

# What mpirun itself says about a rank that ends with a non-zero exit code, and a warning of its event library.
BANNER = re.compile(r"-{50,}\n(?:.*\n)*?-{50,}\n|\[warn\] Epoll .*\n")


def fewer(usual, sanitized):
    """Rows or iterations of a run that is there for what happens in it: under sanitizers it takes many times longer."""
    return sanitized if SANITIZED else usual


class Run:
    """What a finished run of the program has said, and its exit code."""

    def __init__(self, code, stdout, stderr):
        self.code = code
        self.stdout = stdout
        self.stderr = stderr
        self.errors = BANNER.sub("", stderr)  # without mpirun's words


def command(*arguments, ranks=None):
    """The command line; without a number of ranks the program is started without mpirun."""
    launcher = [] if ranks is None else [*shlex.split(os.environ["DISTSNE_MPIEXEC"]), "-n", str(ranks)]
    return [*launcher, PROGRAM, *map(str, arguments)]


def environment(threads=1):
    return {**os.environ, "OMP_NUM_THREADS": str(threads), "OMP_WAIT_POLICY": "passive"}


def end(process):
    """Ends a process that takes too long, with all that it has started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(5)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            pass


def run(*arguments, ranks=None, threads=1, timeout=100, cwd=None):
    """Runs the program to its end; raises TimeoutError when it hangs."""
    with subprocess.Popen(
        command(*arguments, ranks=ranks), env=environment(threads), cwd=cwd, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:
        try:
            stdout, stderr = process.communicate(timeout=PATIENCE * timeout)
        except subprocess.TimeoutExpired:
            end(process)
            raise TimeoutError(f"hangs: {shlex.join(process.args)}") from None
    return Run(process.returncode, stdout, stderr)


def run_and_stop(*arguments, when, ranks=None, stop=lambda process: process.send_signal(signal.SIGUSR1)):
    """Runs the program and stops it, by SIGUSR1 if by nothing else, a moment after `when()` holds."""
    with subprocess.Popen(
        command(*arguments, ranks=ranks), env=environment(), start_new_session=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:
        try:
            limit = time.monotonic() + 60 * PATIENCE
            while not when() and process.poll() is None and time.monotonic() < limit:
                time.sleep(0.002)
            time.sleep(0.1)
            stop(process)
            stdout, stderr = process.communicate(timeout=60 * PATIENCE)
        finally:
            end(process)
    return Run(process.returncode, stdout, stderr)


class ProgramTest(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="distsne-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def embed(self, *arguments, **options):
        """A run of distsne embed that has to succeed."""
        result = run("embed", *arguments, **options)
        self.assertEqual(result.code, 0, result.stderr)
        return result

    def digits(self, rows):
        """The first bundled digits as a file of their own."""
        path = self.folder / f"digits_{rows}.h5"
        with h5py.File(DIGITS) as source, h5py.File(path, "w") as file:
            file["X"] = source["X"][:rows]
            file["labels"] = source["labels"][:rows]
        return path

    def write(self, name, **datasets):
        path = self.folder / name
        with h5py.File(path, "w") as file:
            for dataset, values in datasets.items():
                file[dataset] = values
        return path

    def names(self):
        """What lies in the folder."""
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*"))


def map_of(path):
    with h5py.File(path) as file:
        return file["embedding"][:]


def same_bits(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def nearest_neighbor_accuracy(embedding, labels):
    """Share of points whose nearest neighbor in the map has the same label."""
    points = embedding.astype(float)
    distance = ((points[:, None, :] - points[None, :, :]) ** 2).sum(axis=-1)
    np.fill_diagonal(distance, np.inf)
    return float(np.mean(labels[distance.argmin(axis=1)] == labels))
