"""distsne embed --anchor: the arrangement of the principal components, on any ranks, and over a stop."""
import json

import h5py
import numpy as np

import cases
import program

RANKS = (2, 3, 4, 7)


class Anchored(program.ProgramTest):
    def setUp(self):
        super().setUp()
        self.output = self.folder / "map.h5"

    def map(self, data, *options, ranks=None, output=None):
        self.log = self.embed(data, "-o", output or self.output, *options, ranks=ranks).errors
        return program.map_of(output or self.output)

    def go_on_until_done(self, *options):
        """Stops on two ranks and goes on on one."""
        result = program.run("embed", *options, "--max-time", "1s", ranks=2)
        self.assertEqual(result.code, 75, result.stderr)
        self.embed(*options)

    def refused(self, words, *options):
        for ranks in (1, 3):
            result = program.run("embed", *options, ranks=ranks)
            self.assertEqual(result.code, 2, result.stderr)
            self.assertIn(words, result.errors)
            self.assertEqual(result.errors.count(words), 1, result.errors)


class PcaAnchor(Anchored):
    def setUp(self):
        super().setUp()
        self.data = self.digits(program.fewer(1797, 400))

    def figures(self):
        out = self.folder / "figures.json"
        result = program.run("evaluate", self.output, "--pca", "50", "--kl", "yes", "--json", out, "-q")
        self.assertEqual(result.code, 0, result.stderr)
        (one,) = json.loads(out.read_text())["maps"]
        return {name: figure["value"] for name, figure in one["figures"].items()} | {"stated": one["stated_kl"]}

    def test_more_of_the_whole_and_nearly_all_of_the_parts(self):
        self.map(self.data)
        free = self.figures()
        self.map(self.data, "--anchor", "pca")
        held = self.figures()
        self.assertGreater(held["spearman"], free["spearman"] + 0.01)
        self.assertGreater(held["label_hit_10"], free["label_hit_10"] - 0.01)
        self.assertGreater(held["preservation_10"], 0.97 * free["preservation_10"])
        # The cost that a run states is that of the map without its anchors.
        self.assertAlmostEqual(held["kl"], held["stated"], delta=2e-4)
        self.assertLess(held["kl"], 1.2 * free["kl"])

    def test_rows_come_to_their_anchors_when_these_are_strong(self):
        y = self.map(self.data, "--iterations", 400, "--anchor", "pca", "--anchor-strength", "1").astype(float)
        with h5py.File(self.data) as file:
            x = file["X"][:].astype(float)
        x -= x.mean(axis=0)
        scores = x @ np.linalg.svd(x, full_matrices=False)[2][:2].T
        for m in range(2):
            self.assertGreater(abs(np.corrcoef(y[:, m], scores[:, m])[0, 1]), 0.95)

    def test_the_same_bits_on_any_ranks(self):
        for more in (["--neighbors", "exact"], ["--method", "sne", "--dims", "1"],
                     ["--neighbors", "exact", "--dims", "3", "--field", "grid", "--schedule", "classic"]):
            options = ["-q", "--iterations", 120, "--anchor", "pca", "--anchor-strength", "0.05", *more]
            alone = self.map(self.data, *options)
            for ranks in RANKS:
                self.assertTrue(program.same_bits(self.map(self.data, *options, ranks=ranks), alone), (more, ranks))

    def test_a_stopped_run_goes_on_to_the_same_bits(self):
        options = ["--neighbors", "exact", "--iterations", 2000, "--anchor", "pca"]
        alone = self.map(self.data, *options)
        self.output.unlink()
        self.go_on_until_done(self.data, "-q", "-o", self.output, *options)
        self.assertTrue(program.same_bits(program.map_of(self.output), alone))

    def test_what_cannot_be(self):
        self.refused("must begin with", self.data, "-o", self.output, "--anchor", "pca", "--init", "random")
        self.refused("number from 0 to 1", self.data, "-o", self.output, "--anchor", "pca", "--anchor-strength", "2")


if __name__ == "__main__":
    cases.main()
