"""The Python module: the bits of the command line, on this process and on the ranks of mpi4py."""
import importlib.util
import os
import pathlib
import shlex
import subprocess
import sys
import unittest

import cases
import h5py
import numpy as np
import program

MODULE = pathlib.Path(os.environ["DISTSNE_BINARY_DIR"]) / "python"
sys.path.insert(0, str(MODULE))

OPTIONS = {"perplexity": 12, "iterations": 60, "exaggeration_iterations": 25, "seed": 3}
ON_RANKS = """
import sys
sys.path.insert(0, sys.argv[1])
from mpi4py import MPI
import numpy as np
import distsne
comm = MPI.COMM_WORLD
x = np.load(sys.argv[2])
own = np.array_split(x, [0, 200][:comm.size - 1])[comm.rank]  # the first of three ranks has no rows
y = distsne.embed(own, comm=comm, perplexity=12, iterations=60, exaggeration_iterations=25, seed=3)
assert y.shape == (len(own), 2) and y.dtype == np.float32
np.save(f"{sys.argv[3]}.{comm.rank}", y)
"""


def rows():
    draw = np.random.default_rng(5)
    return (draw.normal(size=(300, 5)) + 9.0 * np.eye(5)[np.arange(300) % 5]).astype(np.float32)


@unittest.skipIf(program.SANITIZED, "the sanitizers would have to be in Python, too")
class Module(program.ProgramTest):
    def of_program(self, x, **options):
        """The points by the command line."""
        with h5py.File(self.folder / "rows.h5", "w") as file:
            file["X"] = x
        arguments = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", value)]
        result = program.run("embed", self.folder / "rows.h5", "-o", self.folder / "map.h5", "-q", *arguments)
        self.assertEqual(result.code, 0, result.stderr)
        with h5py.File(self.folder / "map.h5") as file:
            return file["embedding"][:]

    def assert_same_bits(self, one, other):
        self.assertEqual((one.shape, one.dtype), (other.shape, other.dtype))
        self.assertEqual(one.tobytes(), other.tobytes())

    def test_the_bits_of_the_program(self):
        import distsne
        x = rows()
        self.assert_same_bits(distsne.embed(x, **OPTIONS), self.of_program(x, **OPTIONS))
        self.assert_same_bits(distsne.embed(x[:, ::-1], **OPTIONS), self.of_program(x[:, ::-1], **OPTIONS))
        far = x.astype(np.float64) + 1e9  # which float alone would round away
        self.assert_same_bits(distsne.embed(far, **OPTIONS), self.of_program(far, **OPTIONS))
        doubles = {**OPTIONS, "precision": "double"}
        self.assert_same_bits(distsne.embed(x, **doubles), self.of_program(x, **doubles))

    def test_ranks_of_mpi4py(self):
        if importlib.util.find_spec("mpi4py") is None:
            self.skipTest("mpi4py is not installed: NOTHING WAS CHECKED")
        x = rows()
        np.save(self.folder / "x.npy", x)
        expected = self.of_program(x, **OPTIONS)
        for ranks in (1, 3):
            command = [*shlex.split(os.environ["DISTSNE_MPIEXEC"]), "-n", str(ranks), sys.executable, "-c", ON_RANKS,
                       MODULE, self.folder / "x.npy", self.folder / "y"]
            result = subprocess.run(command, env=program.environment(), stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT, text=True, check=False, timeout=100)
            self.assertEqual(result.returncode, 0, result.stdout)
            parts = [np.load(self.folder / f"y.{rank}.npy") for rank in range(ranks)]
            self.assert_same_bits(np.concatenate(parts), expected)

    def test_watching_and_stopping(self):
        import distsne
        seen = []
        points, told = distsne.embed(rows(), **OPTIONS, full=True,
                                     watch=lambda iteration, total, kl: seen.append((iteration, total)))
        self.assertEqual(seen, [(iteration, 60) for iteration in range(61)])
        self.assertTrue(told.finished and told.iterations == 60 and 0.0 < told.kl < 5.0)
        self.assertTrue(np.isfinite(points).all())
        _, told = distsne.embed(rows(), **OPTIONS, full=True, watch=lambda iteration, total, kl: iteration >= 10)
        self.assertFalse(told.finished)
        self.assertLessEqual(told.iterations, 12)

        def fails(iteration, total, kl):
            raise KeyError("of the caller")

        with self.assertRaisesRegex(KeyError, "of the caller"):
            distsne.embed(rows(), **OPTIONS, watch=fails)

    def test_what_cannot_be_done(self):
        import distsne
        for x, options, message in ((rows(), {"perplexity": "many"}, "perplexity"), (rows(), {"colour": 3}, "colour"),
                                    (rows(), {"output": "map.h5"}, "output"), (rows()[:1], {}, "2 rows"),
                                    (np.full((40, 3), np.nan), {}, "not finite"), (rows(), {"init": "there"}, "there"),
                                    (rows().ravel(), {}, "matrix"), (rows(), {"perplexity": [5, 1000]}, "1000")):
            with self.assertRaisesRegex(ValueError, message):
                distsne.embed(x, **options)


if __name__ == "__main__":
    cases.main()
