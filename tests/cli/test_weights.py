"""Rows with weights: beside the set in which each row stands as often as it weighs, and beside the formulas."""
import json

import h5py
import numpy as np
import cases
import digits
import program

ROWS = 60
PERPLEXITY = 12.0
RATE = 100.0
# One step of plain descent from a given map: the difference is the gradient.
ONE_STEP = ["-q", "--precision", "double", "--schedule", "classic", "--optimizer", "gd", "--iterations", 1,
            "--exaggeration-iterations", 0, "--learning-rate", RATE, "--measure-every", 1, "--neighbors", "exact",
            "--checkpoint", "off", "--pca", "off"]
FAST = ["-q", "--iterations", 60, "--exaggeration-iterations", 30, "--measure-every", 20]


def conditional(squared, perplexity):
    """p_j|i of all pairs of points, among them those at one place."""
    p = np.zeros_like(squared)
    for i in range(len(squared)):
        others = np.arange(len(squared)) != i
        d = squared[i, others] - squared[i, others].min()
        low, high = -40.0, 40.0
        for _ in range(200):
            beta = np.exp((low + high) / 2)
            e = np.exp(-beta * d)
            entropy = np.log(e.sum()) + beta * (e * d).sum() / e.sum()
            low, high = (low, (low + high) / 2) if entropy < np.log(perplexity) else ((low + high) / 2, high)
        p[i, others] = e / e.sum()
    return p


def expanded_set(x, y, weights, method="tsne", perplexity=PERPLEXITY):
    """KL and its gradient over all points, and which of these is the last of each row."""
    x, y = np.repeat(x, weights, axis=0).astype(float), np.repeat(y, weights, axis=0)
    p = conditional(((x[:, None] - x[None]) ** 2).sum(-1), perplexity)
    p = (p + p.T) / (2 * len(x))
    squared = ((y[:, None] - y[None]) ** 2).sum(-1)
    kernel = 1 / (1 + squared) if method == "tsne" else np.exp(-squared)
    np.fill_diagonal(kernel, 0)
    q = kernel / kernel.sum()
    some = p > 0
    kl = (p[some] * np.log(p[some] / q[some])).sum()
    factor = 4 * (p - q) * (kernel if method == "tsne" else 1)
    gradient = (factor[:, :, None] * (y[:, None] - y[None])).sum(axis=1)
    return kl, gradient, np.cumsum(weights) - 1


class Weights(program.ProgramTest):
    def setUp(self):
        super().setUp()
        with h5py.File(program.DIGITS) as file:
            self.x = digits.without_ties(file["X"][:500])[:ROWS]
            self.more = digits.without_ties(file["X"][:500])
        random = np.random.default_rng(5)
        self.weights = random.integers(1, 5, ROWS)
        self.start = random.normal(size=(ROWS, 2))
        self.output = self.folder / "map.h5"

    def step(self, x, start, *options, weights=None, perplexity=PERPLEXITY, **how):
        """The costs at a given map and after a step, and the gradient there."""
        lists = {} if weights is None else {"weights": weights}
        rows = self.write("rows.h5", X=x, **lists)
        init = self.write("init.h5", embedding=start)
        named = [] if weights is None else ["--weights", "weights"]
        self.embed(rows, "-o", self.output, *ONE_STEP, "--perplexity", perplexity, "--init", init, *named, *options,
                   **how)
        with h5py.File(self.output) as file:
            kl, norm = file["history/kl"][:], file["history/gradient_norm"][:]
            moved = file["embedding"][:]
        return kl, norm, (start - moved) / RATE

    def compare(self, weights, *options, k=ROWS - 1, k_expanded=None, method="tsne", perplexity=PERPLEXITY,
                error=1e-7):
        """A step of the rows with weights beside one of the rows repeated."""
        k_expanded = weights.sum() - 1 if k_expanded is None else k_expanded
        x, start = self.x, self.start
        kl, norm, gradient = self.step(x, start, "--k", k, "--method", method, *options, weights=weights,
                                       perplexity=perplexity)
        repeated = self.step(np.repeat(x, weights, axis=0), np.repeat(start, weights, axis=0), "--k", k_expanded,
                             "--method", method, *options, perplexity=perplexity)
        scale = np.abs(gradient).max()
        np.testing.assert_allclose(kl, repeated[0], rtol=error)
        np.testing.assert_allclose(norm, repeated[1], rtol=10 * error)
        np.testing.assert_allclose(np.repeat(gradient, weights, axis=0), repeated[2], atol=10 * error * scale)
        return kl[0], gradient

    def test_a_weight_is_so_many_equal_rows(self):
        for method in ("tsne", "ssne"):
            self.compare(self.weights, "--field", "direct", method=method)
            kl, gradient = self.compare(np.full(ROWS, 3), "--field", "direct", k=40, k_expanded=122, method=method)
            self.assertGreater(np.abs(gradient).max(), 0)
            self.assertGreater(kl, 0.1)
        self.compare(self.weights, "--field", "direct", "--affinity", "uniform")
        self.compare(self.weights, "--field", "direct", "--affinity", "sigma", "--sigma", 12)
        self.compare(self.weights, "--field", "direct", perplexity="4,30")
        self.compare(self.weights, "--field", "direct", "--tail", "0.6")
        self.compare(self.weights, "--field", "grid", "--accuracy", "1e-5", error=1e-4)

    def test_in_one_and_three_dimensions(self):
        for dims in (1, 3):
            self.start = np.random.default_rng(6).normal(size=(ROWS, dims))
            self.compare(self.weights, "--field", "direct", "--dims", dims)

    def test_formulas_written_out(self):
        for method in ("tsne", "ssne"):
            expected, gradient, one = expanded_set(self.x, self.start, self.weights, method)
            kl, norm, found = self.step(self.x, self.start, "--k", ROWS - 1, "--method", method, "--field", "direct",
                                        weights=self.weights)
            self.assertAlmostEqual(kl[0], expected, delta=1e-5 * expected)
            np.testing.assert_allclose(found, gradient[one], atol=1e-5 * np.abs(gradient).max())
            self.assertAlmostEqual(norm[0], np.sqrt((gradient**2).sum()), delta=1e-5 * norm[0])

    def test_fractions(self):
        # Without duplicates of their own rows scale: p is as if all weighed 1, and so is the force on a point.
        half = np.full(ROWS, 0.5)
        options = ["--k", ROWS - 1, "--field", "direct", "--affinity", "sigma", "--sigma", 15]
        plain = self.step(self.x, self.start, *options)
        halved = self.step(self.x, self.start, *options, weights=half)
        self.assertAlmostEqual(halved[0][0], plain[0][0], delta=1e-9)
        np.testing.assert_allclose(halved[2], 2 * plain[2], atol=1e-9 * np.abs(plain[2]).max())
        # Fractions lead from one whole number to the next.
        costs = [self.step(self.x, self.start, "--k", ROWS - 1, "--field", "direct",
                           weights=np.where(np.arange(ROWS) == 7, w, self.weights))[0][0] for w in (2.0, 2.999, 3.0)]
        self.assertAlmostEqual(costs[1], costs[2], delta=1e-2 * abs(costs[0] - costs[2]))

    def run_of(self, *options, weights=None, name="cells.h5", **how):
        lists = {} if weights is None else {"weights": weights}
        rows = self.write(name, X=self.more, labels=np.arange(500) % 7, **lists)
        self.embed(rows, "-o", self.output, *FAST, *options, **how)
        return program.map_of(self.output)

    def test_weights_of_one_are_none(self):
        plain = self.run_of()
        same = self.run_of("--weights", "weights", weights=np.ones(500))
        self.assertTrue(program.same_bits(plain, same))
        other = self.run_of("--weights", "weights", weights=np.full(500, 2))
        self.assertFalse(program.same_bits(plain, other))

    def test_the_same_bits_on_any_ranks(self):
        weights = np.random.default_rng(1).integers(1, 40, 500) / 4
        for field in ("direct", "grid"):
            options = ["--weights", "/weights", "--field", field]
            expected = self.run_of(*options, weights=weights)
            for ranks in (2, 3, 4, 7):
                self.assertTrue(program.same_bits(self.run_of(*options, weights=weights, ranks=ranks), expected), field)
        few = self.step(self.x[:5], self.start[:5], "--k", 4, perplexity=2, weights=self.weights[:5])
        many = self.step(self.x[:5], self.start[:5], "--k", 4, perplexity=2, weights=self.weights[:5], ranks=7)
        self.assertTrue(program.same_bits(few[2], many[2]), "ranks without rows")

    def test_rows_of_a_choice_and_of_other_formats(self):
        import anndata
        weights = np.random.default_rng(2).integers(1, 9, 500)
        some = np.flatnonzero(np.arange(500) % 7 == 3)
        self.write("some.h5", X=self.more[some], weights=weights[some])
        self.embed(self.folder / "some.h5", "-o", self.output, *FAST, "--weights", "weights", "--perplexity", 9)
        expected = program.map_of(self.output)
        chosen = self.run_of("--weights", "weights", "--where", "labels=3", "--perplexity", 9, weights=weights, ranks=2)
        self.assertTrue(program.same_bits(chosen, expected))
        cells = anndata.AnnData(self.more[some])
        cells.obs["size"] = weights[some]
        cells.write_h5ad(self.folder / "cells.h5ad")
        table = self.folder / "table.csv"
        with open(table, "w") as file:  # a column of its own is no measurement
            file.write(",".join([f"x{c}" for c in range(30)] + ["size"] + [f"x{c}" for c in range(30, 64)]) + "\n")
            for row, weight in zip(self.more[some], weights[some]):
                values = [repr(float(value)) for value in row]
                file.write(",".join(values[:30] + [str(weight)] + values[30:]) + "\n")
        for source in (self.folder / "cells.h5ad", table):
            for ranks in (None, 3):
                self.embed(source, "-o", self.output, *FAST, "--weights", "size", "--perplexity", 9, ranks=ranks)
                self.assertTrue(program.same_bits(program.map_of(self.output), expected), source)
        # Maps of a table are judged by the same columns.
        judged = program.run("evaluate", self.output, "--input", table, "--json", self.folder / "quality.json")
        self.assertEqual(judged.code, 0, judged.stderr)
        (told,) = json.loads((self.folder / "quality.json").read_text())["maps"]
        self.assertAlmostEqual(told["figures"]["kl"]["value"], told["stated_kl"], delta=1e-4 * told["stated_kl"])

    def test_a_graph_of_its_own(self):
        weights = np.random.default_rng(3).integers(1, 9, 500)
        expected = self.run_of("--weights", "weights", weights=weights)
        graph = self.folder / "graph.h5"
        self.assertEqual(program.run("neighbors", self.folder / "cells.h5", "-q", "-o", graph).code, 0)
        found = self.run_of("--weights", "weights", "--graph", graph, weights=weights, ranks=2)
        np.testing.assert_allclose(found, expected, atol=1e-3 * np.abs(expected).max())

    def test_stopped_runs_go_on(self):
        weights = np.random.default_rng(4).integers(1, 9, 500)
        rows = self.write("cells.h5", X=self.more, weights=weights)
        job = ["embed", rows, "-o", self.output, "--weights", "weights", "--iterations", 300, "--field", "grid",
               "--checkpoint-every", "0.1"]
        expected = self.folder / "whole.h5"
        self.embed(rows, "-o", expected, *job[4:], "--checkpoint", "off")
        stops = 0
        for ranks in (1, 3, 2, 1, 4, 2, 3, 1, 2, 3, 4, 1):
            limit = 0.1 * program.PATIENCE * 2**stops
            result = program.run(*job, "--max-time", f"{limit}s", ranks=ranks)
            if result.code == 0:
                break
            self.assertEqual(result.code, 75, result.stderr)
            stops += 1
        self.assertEqual(result.code, 0, result.stderr)
        self.assertGreater(stops, 0)
        self.assertTrue(program.same_bits(program.map_of(self.output), program.map_of(expected)))

    def test_a_checkpoint_is_of_its_weights(self):
        weights = np.random.default_rng(4).integers(1, 9, 500)
        rows = self.write("cells.h5", X=self.more, weights=weights, others=weights)
        job = ["embed", rows, "-q", "-o", self.output, "--iterations", 100000, "--checkpoint-every", "0.1"]
        stopped = program.run(*job, "--weights", "weights", "--max-time", "2s")
        self.assertEqual(stopped.code, 75, stopped.stderr)
        refused = program.run(*job, "--weights", "others")
        self.assertEqual(refused.code, 2, refused.stderr)
        self.assertIn("--weights was weights and is others", refused.stderr)
        with h5py.File(rows, "r+") as file:
            file["weights"][3] = 77
        refused = program.run(*job, "--weights", "weights", ranks=2)
        self.assertEqual(refused.code, 2, refused.stderr)
        self.assertIn("the weights of the rows have changed", refused.stderr)

    def refuse(self, message, *options, weights=None, ranks=None, **lists):
        if weights is not None:
            lists["weights"] = weights
        rows = self.write("cells.h5", X=self.more, **lists)
        for how in ((None, 3) if ranks is None else (ranks,)):
            result = program.run("embed", rows, "-o", self.output, "--weights", "weights", *options, ranks=how)
            self.assertEqual(result.code, 2, result.stderr)
            self.assertRegex(result.errors, message)
            self.assertEqual(len(result.errors.strip().splitlines()), 1, result.errors)
        self.assertFalse(self.output.exists())

    def test_what_is_no_weight(self):
        fine = np.ones(500)
        for bad in (0, -1, np.nan, np.inf, 1e300, 1e-300):
            wrong = fine.copy()
            wrong[321] = bad
            self.refuse(r"--weights weights: that of row 321 .* is \S+: weights are finite numbers above 0",
                        weights=wrong)
        self.refuse("--weights weights: .* tells no 'weights' of its 500 rows; it tells labels", labels=fine)
        self.refuse("--weights weights: .* tells no 'weights' of its 500 rows; it tells nothing", weights=fine[:400])
        words = np.array([f"w{i}" for i in range(500)], dtype="S")
        self.refuse("--weights weights: .* has words by that name, and a number is wanted", weights=words)

    def test_what_has_no_weights(self):
        fine = np.full(500, 2)
        self.refuse("--weights: only tsne and ssne have them", "--method", "sne", weights=fine)
        self.refuse("--weights: rows have them with their nearest neighbors", "--neighbors", "all", weights=fine)
        near = self.write("near.h5", indices=np.array([(np.arange(1, 100) + i) % 500 for i in range(500)]))
        graph_alone = program.run("embed", "--graph", near, "-o", self.output, "--weights", "weights",
                                  "--affinity", "uniform")
        self.assertEqual(graph_alone.code, 2, graph_alone.stderr)
        self.assertIn("--weights weights is what the input tells of its rows", graph_alone.stderr)
        self.refuse("--bootstraps draws rows as if each were one point", "--bootstraps", 2, weights=fine)


if __name__ == "__main__":
    cases.main()
