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
heavy = np.array_split(np.load(sys.argv[4]), [0, 200][:comm.size - 1])[comm.rank]
y = distsne.embed(own, comm=comm, weights=heavy, perplexity=12, iterations=60, exaggeration_iterations=25, seed=3)
np.save(f"{sys.argv[3]}.weighted.{comm.rank}", y)
try:  # one rank has too few, and all of them hear of it
    distsne.embed(own, comm=comm, weights=heavy[comm.rank == comm.size - 1:])
    raise AssertionError("too few weights were taken")
except ValueError as error:
    assert f"weights: rank {comm.size - 1} gives" in str(error), error
"""


def weights():
    return np.random.default_rng(6).integers(1, 12, 300) / 4


def rows():
    draw = np.random.default_rng(5)
    return (draw.normal(size=(300, 5)) + 9.0 * np.eye(5)[np.arange(300) % 5]).astype(np.float32)


@unittest.skipIf(program.SANITIZED, "the sanitizers would have to be in Python, too")
class Module(program.ProgramTest):
    def of_program(self, x, heavy=None, **options):
        """The points by the command line."""
        with h5py.File(self.folder / "rows.h5", "w") as file:
            file["X"] = x
            if heavy is not None:
                file["heavy"] = heavy
                options["weights"] = "heavy"
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

    def test_weights_of_rows(self):
        import distsne
        x = rows()
        for options in (OPTIONS, {**OPTIONS, "precision": "double"}, {**OPTIONS, "neighbors": "exact"}):
            expected = self.of_program(x, weights(), **options)
            self.assert_same_bits(distsne.embed(x, weights=weights(), **options), expected)
        self.assertFalse(np.array_equal(distsne.embed(x, **OPTIONS), expected))
        counts = np.arange(300) % 7 + 1
        self.assert_same_bits(distsne.embed(x, weights=list(counts), **OPTIONS), self.of_program(x, counts, **OPTIONS))

    def test_ranks_of_mpi4py(self):
        if importlib.util.find_spec("mpi4py") is None:
            self.skipTest("mpi4py is not installed: NOTHING WAS CHECKED")
        x = rows()
        np.save(self.folder / "x.npy", x)
        np.save(self.folder / "weights.npy", weights())
        expected = {"y": self.of_program(x, **OPTIONS), "y.weighted": self.of_program(x, weights(), **OPTIONS)}
        for ranks in (1, 3):
            command = [*shlex.split(os.environ["DISTSNE_MPIEXEC"]), "-n", str(ranks), sys.executable, "-c", ON_RANKS,
                       MODULE, self.folder / "x.npy", self.folder / "y", self.folder / "weights.npy"]
            result = subprocess.run(command, env=program.environment(), stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT, text=True, check=False, timeout=100)
            self.assertEqual(result.returncode, 0, result.stdout)
            for name, points in expected.items():
                parts = [np.load(self.folder / f"{name}.{rank}.npy") for rank in range(ranks)]
                self.assert_same_bits(np.concatenate(parts), points)

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
                                    (rows().ravel(), {}, "matrix"), (rows(), {"perplexity": [5, 1000]}, "1000"),
                                    (rows(), {"weights": np.zeros(300)}, "that of row 0 .* is 0: weights are finite"),
                                    (rows(), {"weights": np.ones(299)}, "weights: rank 0 gives 299 for its 300 rows"),
                                    (rows(), {"weights": np.ones((300, 1))}, "one number for each row"),
                                    (rows(), {"weights": weights(), "method": "sne"}, "only tsne and ssne"),
                                    (rows(), {"weights": weights(), "neighbors": "all"}, "--neighbors all")):
            with self.assertRaisesRegex(ValueError, message):
                distsne.embed(x, **options)


if __name__ == "__main__":
    cases.main()
