"""The same bits for any number of ranks and threads."""

import h5py
import numpy as np
import cases
import program


class Reproducibility(program.ProgramTest):
    def expect_same_bits(self, source, options, runs):
        """`runs`: (ranks, threads) to be compared with one rank and one thread."""
        reference = self.folder / "reference.h5"
        self.embed(source, "-q", "-o", reference, *options)
        expected = program.map_of(reference)
        self.assertTrue(np.isfinite(expected).all())
        for ranks, threads in runs:
            with self.subTest(options=options, ranks=ranks, threads=threads):
                output = self.folder / "map.h5"
                self.embed(source, "-q", "-o", output, *options, ranks=ranks, threads=threads)
                self.assertTrue(program.same_bits(program.map_of(output), expected))
                with h5py.File(output) as file, h5py.File(reference) as first:
                    self.assertEqual(file.attrs["ranks"], ranks)
                    self.assertEqual(file.attrs["threads"], threads)
                    for name in ("kl", "gradient_norm", "iteration"):
                        self.assertTrue(program.same_bits(file["history"][name][:], first["history"][name][:]), name)
        return expected

    def test_every_method_and_precision(self):
        digits = self.digits(500)
        schedule = ["--iterations", 60, "--exaggeration-iterations", 25, "--measure-every", 20]
        maps = []
        for method in ("sne", "ssne", "tsne"):
            for precision in ("float", "double"):
                runs = [(2, 1), (3, 2), (4, 1), (7, 1), (1, 2)]
                if precision == "float":
                    runs += [(2, 2), (3, 1), (4, 2), (7, 2)]
                maps.append(self.expect_same_bits(
                    digits, ["--method", method, "--precision", precision, *schedule], runs))
        for i, one in enumerate(maps):
            self.assertGreater(one.std(), 1e-2, "the map has hardly moved: equal bits would say nothing")
            self.assertFalse(any(program.same_bits(one, other) for other in maps[:i]))

    def test_other_options(self):
        digits = self.digits(200)
        init = self.write("init.h5", Y=np.random.default_rng(1).normal(size=(200, 2)))
        schedule = ["--iterations", 40, "--exaggeration-iterations", 10]
        for options in (
            ["--dims", 1, "--method", "ssne"],
            ["--dims", 3, "--tail", 0.5],
            ["--optimizer", "gd", "--init", "random", "--seed", 7],
            ["--init", init, "--method", "sne", "--perplexity", 60.5],
        ):
            self.expect_same_bits(digits, [*options, *schedule], [(3, 2), (7, 1)])

    def test_neighbors_and_grid(self):
        """The whole fast path: reduction, approximate neighbors, reordering, and the grid in all dimensions."""
        digits = self.digits(1500)
        schedule = ["--iterations", 60, "--exaggeration-iterations", 25, "--measure-every", 20]
        fast = ["--neighbors", "approx", "--recall", 0.9, "--field", "grid", *schedule]
        every = [(ranks, threads) for ranks in (1, 2, 3, 4, 7) for threads in (1, 2)][1:]
        few = [(3, 2), (7, 1)]
        for options, runs in (
            ([], every),
            (["--method", "sne"], few),
            (["--method", "ssne", "--precision", "double"], few),
            (["--dims", 1, "--affinity", "uniform"], few),
            (["--dims", 3, "--metric", "cosine", "--pca", 20, "--accuracy", 0.05], few),
            (["--tail", 0.5, "--perplexity", "5,30", "--init", "random"], few),
        ):
            expected = self.expect_same_bits(digits, [*fast, *options], runs)
            self.assertGreater(expected.std(), 1e-2)

    def test_neighbors_and_ranks_without_rows(self):
        source = self.write("few.h5", X=np.random.default_rng(4).normal(size=(6, 3)))
        options = ["--neighbors", "exact", "--perplexity", 2, "--field", "grid", "--iterations", 30]
        self.expect_same_bits(source, options, [(4, 1), (7, 1)])

    def test_ranks_without_rows(self):
        for rows in (2, 5):
            source = self.write("few.h5", X=np.random.default_rng(2).normal(size=(rows, 3)))
            options = ["--perplexity", 1 + (rows - 2) / 3, "--iterations", 30, "--exaggeration-iterations", 10]
            self.expect_same_bits(source, options, [(3, 1), (7, 1)])

    def test_equal_rows(self):
        rows = np.repeat(np.random.default_rng(3).normal(size=(6, 4)), 20, axis=0)
        source = self.write("equal.h5", X=rows)
        embedding = self.expect_same_bits(
            source, ["--perplexity", 10, "--iterations", 40, "--exaggeration-iterations", 10], [(4, 1)])
        self.assertEqual(len(np.unique(embedding, axis=0)), 120, "equal rows must not stay one point")

    def test_seeds_differ(self):
        digits = self.digits(200)
        maps = []
        for seed in (1, 1, 2):
            output = self.folder / "map.h5"
            self.embed(digits, "-q", "-o", output, "--init", "random", "--seed", seed, "--iterations", 5)
            maps.append(program.map_of(output))
        self.assertTrue(program.same_bits(maps[0], maps[1]))
        self.assertFalse(program.same_bits(maps[0], maps[2]))


if __name__ == "__main__":
    cases.main()
