"""Where rows begin in the map: eigenvectors of the affinities, and a map of some rows first."""
import h5py
import numpy as np
import cases
import hard_data
import program


class Initial(program.ProgramTest):
    def setUp(self):
        super().setUp()
        random = np.random.default_rng(2)
        along = np.sort(random.uniform(0, 6, size=240))
        self.x = np.column_stack([along * np.cos(along), along * np.sin(along), random.normal(size=240) / 5])
        self.data = self.write("x.h5", X=self.x)
        self.output = self.folder / "map.h5"

    def map(self, *options, ranks=None):
        self.embed(self.data, "-q", "-o", self.output, "--perplexity", 15, "--checkpoint", "off", *options, ranks=ranks)
        return program.map_of(self.output)

    def test_spectral_is_the_span_of_the_leading_eigenvectors(self):
        p = hard_data.conditional(self.x, 15)
        p = (p + p.T) / (2 * len(p))
        root = np.sqrt(p.sum(axis=1))
        values, vectors = np.linalg.eigh(p / np.outer(root, root))
        self.assertAlmostEqual(values[-1], 1, places=6)
        wanted = vectors[:, -3:-1]
        for more in ([], ["--precision", "double", "--field", "grid"]):
            y = self.map("--init", "spectral", "--iterations", 0, *more).astype(float)
            y -= (root**2 @ y) / (root**2).sum()
            span, _ = np.linalg.qr(y * root[:, None])
            # The search ends at a residual of 1e-3, and a hundredth of the spread is chance.
            self.assertGreater(np.linalg.svd(wanted.T @ span)[1].min(), 0.99)

    def test_the_same_bits_on_any_ranks(self):
        for init in ("spectral", "multilevel"):
            for more in ([], ["--neighbors", "exact", "--dims", 3]):
                alone = self.map("--init", init, "--iterations", 30, *more)
                self.assertTrue((alone.std(axis=0) > 0).all())
                for ranks in (2, 3, 7):
                    self.assertTrue(program.same_bits(self.map("--init", init, "--iterations", 30, *more, ranks=ranks),
                                                      alone), (init, ranks))

    def test_maps_from_there_are_as_good(self):
        expected = self.cost("pca")
        for init in ("spectral", "multilevel"):
            self.assertLess(self.cost(init), 1.05 * expected + 0.01, init)

    def cost(self, init):
        self.map("--init", init)
        with h5py.File(self.output) as file:
            return file["history/kl"][-1]

    def test_without_rows(self):
        graph = self.folder / "graph.h5"
        self.assertEqual(program.run("neighbors", self.data, "-q", "-o", graph, "--k", 30).code, 0)
        more = ["-q", "-o", self.output, "--perplexity", 10, "--iterations", 5, "--checkpoint", "off"]
        self.embed("--graph", graph, "--init", "spectral", *more)
        result = program.run("embed", "--graph", graph, "--init", "multilevel", *more)
        self.assertEqual(result.code, 2)
        self.assertIn("multilevel needs the input", result.errors)

    def test_few_rows_have_a_perplexity_that_fits(self):
        for rows in (2, 3, 5, 20, 60):
            data = self.write("few.h5", X=self.x[:rows])
            result = self.embed(data, "-o", self.output, "--iterations", 5)
            self.assertIn(f"perplexity {max(1, min(30, (rows - 1) / 3)):.3g}"[:14], result.stderr)


if __name__ == "__main__":
    cases.main()
