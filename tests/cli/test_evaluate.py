"""distsne evaluate: against scikit-learn's figures, on samples, on several maps and ranks, and on what is no map."""
import json

import h5py
import numpy as np

import cases
import program
from digits import without_ties

REFERENCE = program.SOURCE / "tests/reference/sklearn_quality.h5"


class Evaluate(program.ProgramTest):
    def setUp(self):
        super().setUp()
        with h5py.File(program.DIGITS) as file:
            matrix = next(one for one in file.values() if one.ndim == 2)
            self.rows, self.labels = without_ties(matrix[:]), file["labels"][:]
        self.data, self.map = self.folder / "data.h5", self.folder / "map.h5"
        with h5py.File(REFERENCE) as reference, h5py.File(self.data, "w") as data, h5py.File(self.map, "w") as file:
            data["X"] = self.rows
            file["embedding"], file["labels"] = reference["map"][:], self.labels
            self.truth = {name: value[()] for name, value in reference["values"].items()}
            self.silhouettes = reference["silhouettes"][:]

    def succeeds(self, *arguments, ranks=None):
        result = program.run(*arguments, ranks=ranks)
        self.assertEqual(result.code, 0, result.stderr)
        return result

    def fails(self, code, words, *arguments, ranks=None):
        result = program.run(*arguments, ranks=ranks)
        self.assertEqual(result.code, code, result.stderr)
        self.assertIn(words, result.errors)

    def figures(self, *arguments, ranks=None):
        out = self.folder / "figures.json"
        self.succeeds("evaluate", *arguments, "--json", out, ranks=ranks)
        return json.loads(out.read_text())["maps"]

    def test_scikit_learn_says_the_same(self):
        (one,) = self.figures(self.map, self.data, "--write", ranks=2)
        self.assertEqual(self.truth.keys() - one["figures"].keys(), {"data_label_hit_1"})
        for name in self.truth.keys() & one["figures"].keys():
            with self.subTest(figure=name):
                self.assertAlmostEqual(one["figures"][name]["value"], self.truth[name], delta=1e-6)
                self.assertEqual(one["figures"][name]["margin"], 0)
        with h5py.File(self.map) as file:
            np.testing.assert_allclose(file["quality/silhouette"][:], self.silhouettes, atol=1e-6)
            self.assertAlmostEqual(file["quality/trustworthiness_10"][:].mean(dtype=float),
                                   self.truth["trustworthiness_10"], delta=1e-6)
            np.testing.assert_array_equal(file["labels"][:], self.labels)
        self.assertFalse(list(self.folder.glob("*.partial")))

    def test_the_same_on_any_ranks_and_within_the_margins_of_a_sample(self):
        whole = self.figures(self.map, self.data, "--sample", 400)
        for ranks in (2, 3):
            self.assertEqual(self.figures(self.map, self.data, "--sample", 400, ranks=ranks), whole)
        for name in ("preservation_10", "trustworthiness_50", "continuity_10", "label_hit_10", "silhouette"):
            figure = whole[0]["figures"][name]
            self.assertTrue(300 < figure["rows"] < 500, figure)
            self.assertGreater(figure["margin"], 0)
            self.assertLess(abs(figure["value"] - self.truth[name]), 2 * figure["margin"], name)

    def test_the_cost_is_that_of_the_run_and_several_maps_stand_side_by_side(self):
        maps = [self.folder / f"{name}.h5" for name in ("a", "b")]
        for path, more in zip(maps, (["--neighbors", "all"], ["--neighbors", "exact", "--tail", "2"])):
            self.succeeds("embed", program.DIGITS, "-o", path, "--iterations", program.fewer(120, 30), *more, ranks=2)
        run = self.succeeds("evaluate", *maps, ranks=2)
        self.assertIn("trustworthiness of 50", run.stdout)
        for path, one in zip(maps, self.figures(*maps, ranks=3)):
            self.assertEqual(one["map"], str(path))
            self.assertAlmostEqual(one["figures"]["kl"]["value"], one["stated_kl"], delta=2e-4)
            self.assertEqual(one["figures"]["kl"]["margin"], 0)

    def test_what_cannot_be_judged(self):
        for ranks in (1, 3):
            with self.subTest(ranks=ranks):
                self.fails(2, "no dataset /embedding", "evaluate", self.data, ranks=ranks)
                self.fails(2, "does not say which rows", "evaluate", self.map, ranks=ranks)
                self.fails(2, "no labels 'color'", "evaluate", self.map, self.data, "--labels", "color", ranks=ranks)
                self.fails(2, "cannot read", "evaluate", self.folder / "none.h5", ranks=ranks)
        with h5py.File(self.data, "a") as file:
            file["short"] = self.rows[:50]
        self.fails(2, "is not a map of them", "evaluate", self.map, self.data, "--dataset", "short")
        self.fails(2, "unknown option", "evaluate", self.map, "--nonsense")


    def test_figures_of_rows_color_pictures_and_info_knows_the_map(self):
        data, output = self.digits(150), self.folder / "colored.h5"
        self.embed(data, "-q", "-o", output, "--iterations", 50)
        result = program.run("evaluate", output, "--write", "--kl", "no", "-q")
        self.assertEqual(result.code, 0, result.stderr)
        with h5py.File(output) as file:
            column = f"quality/{sorted(file['quality'])[0]}"
        result = program.run("plot", output, "-o", self.folder / "colored.svg", "--labels", column)
        self.assertEqual(result.code, 0, result.stderr)
        self.assertIn(f"colored by '{column}'", result.stdout + result.stderr)
        result = program.run("plot", output, "-o", self.folder / "colored.svg", "--labels", "quality/nosuch")
        self.assertEqual(result.code, 2)
        self.assertIn(column, result.stderr)
        text = program.run("info", output).stdout
        self.assertIn("a map by distsne embed: tsne of", text)
        self.assertIn("its places are /embedding: 150 rows x 2 columns", text)
        page = self.folder / "colored.html"
        result = program.run("plot", output, "-o", page)
        self.assertEqual(result.code, 0, result.stderr)
        self.assertIn(f'"{column}"', page.read_text())


if __name__ == "__main__":
    cases.main()
