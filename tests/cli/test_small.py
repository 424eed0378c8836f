"""Maps of few rows do not collapse, and cost no more than those of scikit-learn's exact t-SNE."""
import h5py
import numpy as np
import cases
import program

REFERENCE = program.SOURCE / "tests/reference/sklearn_small.h5"


class Small(program.ProgramTest):
    def map_of(self, rows, *options, ranks=None):
        """The map of some rows, and what the file says of it."""
        given, output = self.folder / "rows.h5", self.folder / "map.h5"
        with h5py.File(given, "w") as file:
            file["X"] = rows
        self.embed(given, "-q", "-o", output, "--checkpoint", "off", *options, ranks=ranks)
        with h5py.File(output) as file:
            return file["embedding"][:], file["history/kl"][-1], dict(file.attrs)

    def assert_alive(self, embedding):
        """The map has spread along each of its own axes."""
        spread = np.sqrt(np.linalg.eigvalsh(np.atleast_2d(np.cov(embedding.T))))
        self.assertGreater(spread[0], 1e-3 * spread[-1], spread)

    def test_as_good_as_scikit_learn(self):
        tried = 0
        with h5py.File(REFERENCE) as reference:
            for name, sizes in reference.items():
                for count, cases_of_size in sizes.items():
                    for perplexity, case in cases_of_size.items():
                        with self.subTest(set=name, rows=count, perplexity=perplexity):
                            embedding, kl, _ = self.map_of(case["X"][:], "--perplexity", perplexity, "--threads", 1)
                            tried += 1
                            self.assertLessEqual(kl, 1.05 * case.attrs["kl"] + 0.01)
                            self.assertGreater(embedding.std(axis=0).max(), 1e-2)
                            if float(perplexity) > 1:  # two pairs of rows lie on a line, and three rows may
                                self.assert_alive(embedding)
        self.assertGreater(tried, 80)

    def test_rows_that_hold_little(self):
        random = np.random.default_rng(1)
        for name, rows in (
            ("one column", random.normal(size=(60, 1))),
            ("a line in ten columns", random.normal(size=(60, 1)) * np.ones(10)),
            ("equal rows", np.ones((50, 3))),
            ("many duplicates", np.repeat(random.normal(size=(6, 4)), 12, axis=0)),
            ("constant columns", np.concatenate([random.normal(size=(40, 2)), np.ones((40, 5))], axis=1)),
            ("two groups", np.concatenate([random.normal(size=(150, 10)), 8 + random.normal(size=(150, 10))])),
        ):
            for dims in (1, 2, 3):
                with self.subTest(rows=name, dims=dims):
                    options = ["--perplexity", 200] if name == "two groups" else ["--perplexity", 10]
                    embedding, _, attributes = self.map_of(rows.astype("f4"), "--dims", dims, *options)
                    self.assertEqual(attributes["flat"], 0)
                    self.assertGreater(embedding.std(axis=0).max(), 1e-2)
                    self.assert_alive(embedding)

    def test_every_method_and_precision(self):
        random = np.random.default_rng(2)
        for method in ("sne", "ssne", "tsne"):
            for precision in ("float", "double"):
                for count in (5, 15, 40):
                    with self.subTest(method=method, precision=precision, rows=count):
                        rows = random.normal(size=(count, 20)).astype("f4")
                        embedding, _, _ = self.map_of(rows, "--method", method, "--precision", precision,
                                                      "--perplexity", max(1, (count - 1) // 3))
                        self.assert_alive(embedding)

    def test_the_end_is_the_same_on_any_ranks(self):
        rows = np.random.default_rng(3).normal(size=(90, 6)).astype("f4")
        expected, _, attributes = self.map_of(rows, "--perplexity", 10)
        self.assertEqual(attributes["ending"], "converged")
        for ranks in (2, 3):
            embedding, _, now = self.map_of(rows, "--perplexity", 10, ranks=ranks)
            self.assertEqual(now["iterations"], attributes["iterations"])
            self.assertTrue((embedding == expected).all())


class Divergence(program.ProgramTest):
    def diverging(self, *options, ranks=None, code=0):
        output = self.folder / "map.h5"
        result = program.run("embed", program.DIGITS, "-o", output, "--checkpoint", "off", *options, ranks=ranks)
        self.assertEqual(result.code, code, result.stderr)
        if code:
            return None, None, result
        with h5py.File(output) as file:
            return file["embedding"][:], dict(file.attrs), result

    def test_goes_back_and_on_to_the_same_bits(self):
        options = ["--method", "ssne", "--momentum", "0.995", "--learning-rate", "8000", "--iterations", "300",
                   "--neighbors", "exact"]
        expected, attributes, result = self.diverging(*options)
        self.assertGreaterEqual(attributes["recoveries"], 1)
        self.assertIn("the map diverged", result.stderr)
        self.assertIn("goes on from iteration", result.stderr)
        for ranks in (2, 3):
            embedding, now, _ = self.diverging(*options, ranks=ranks)
            self.assertEqual(now["recoveries"], attributes["recoveries"])
            self.assertTrue((embedding == expected).all())

    def test_gives_up_in_the_end(self):
        _, _, result = self.diverging("--optimizer", "gd", "--learning-rate", "1e30", code=1)
        self.assertIn("after 3 returns to a good map", result.stderr)
        self.assertIn("--learning-rate", result.stderr)
        self.assertFalse((self.folder / "map.h5").exists())


if __name__ == "__main__":
    cases.main()
