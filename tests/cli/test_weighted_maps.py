"""What is done with maps of rows with weights, beside the sets in which each row stands as often as it weighs."""
import json

import h5py
import numpy as np

import cases
import digits
import program

ROWS = 60
PERPLEXITY = 12.0
PLAIN = ["-q", "--precision", "double", "--schedule", "classic", "--optimizer", "gd", "--exaggeration-iterations", 0,
         "--neighbors", "exact", "--checkpoint", "off", "--pca", "off", "--field", "direct"]
FAST = ["-q", "--iterations", 60, "--exaggeration-iterations", 30, "--measure-every", 20, "--perplexity", 9]


class WeightedMaps(program.ProgramTest):
    def setUp(self):
        super().setUp()
        with h5py.File(program.DIGITS) as file:
            self.more = digits.without_ties(file["X"][:500])
        self.x, self.new = self.more[:ROWS], self.more[ROWS:ROWS + 40]
        random = np.random.default_rng(5)
        self.weights = random.integers(1, 5, ROWS)
        self.start = random.normal(size=(ROWS, 2))

    def rows(self, name, weights, x=None, **lists):
        """The rows with weights, and the rows repeated."""
        x = self.x if x is None else x
        return (self.write(f"{name}.h5", X=x, weights=weights, **lists),
                self.write(f"{name}_repeated.h5", X=np.repeat(x, weights, axis=0),
                           **{key: np.repeat(values, weights, axis=0) for key, values in lists.items()}))

    def pair(self, name, weights, *options, k=ROWS - 1, k_repeated=None, inits=True, others=((), ())):
        """A map of the rows with weights, and one of the rows repeated, both from the same places."""
        weighted, repeated = self.rows(name, weights)
        maps = self.folder / f"{name}_map.h5", self.folder / f"{name}_repeated_map.h5"
        k_repeated = weights.sum() - 1 if k_repeated is None else k_repeated
        starts = [self.write(f"{name}_{i}.h5", embedding=start)
                  for i, start in enumerate((self.start, np.repeat(self.start, weights, axis=0)))]
        for rows, path, start, named, neighbors, more in zip((weighted, repeated), maps, starts,
                                                             (["--weights", "weights"], []), (k, k_repeated), others):
            init = ["--init", start] if inits else []
            perplexity = [] if "--perplexity" in options else ["--perplexity", PERPLEXITY]
            self.embed(rows, "-o", path, *PLAIN, *perplexity, "--k", neighbors, *named, *init, *more, *options)
        return maps

    def compare_maps(self, maps, weights, error=1e-6):
        one, other = map(program.map_of, maps)
        np.testing.assert_allclose(np.repeat(one, weights, axis=0), other, atol=error * np.abs(one).max())
        return one

    def test_anchors_hold_each_of_the_points(self):
        steps = ["--iterations", 30, "--learning-rate", 60, "--measure-every", 10]
        old = self.pair("old", self.weights, "--iterations", 0)
        begun = [["--align", path] for path in old]
        drawn = self.pair("drawn", self.weights, *steps, "--anchor-strength", 1, inits=False, others=begun)
        held = self.compare_maps(drawn, self.weights)
        free = program.map_of(self.pair("free", self.weights, *steps)[0])
        self.assertGreater(np.abs(free - self.start).max(), 1.5 * np.abs(held - self.start).max())

    def test_anchored_maps_have_the_same_bits_on_any_ranks(self):
        weights = np.random.default_rng(1).integers(1, 40, 500) / 4
        names = np.array([f"cell {i}" for i in range(500)], dtype="S")
        rows = self.write("cells.h5", X=self.more, weights=weights, row_names=names)
        old = self.write("part.h5", X=self.more[:300], weights=weights[:300], row_names=names[:300])
        self.embed(old, "-o", self.folder / "old.h5", *FAST, "--weights", "weights")
        before = program.map_of(self.folder / "old.h5")
        for options in (["--anchor", "pca"], ["--align", self.folder / "old.h5"], ["--fix", self.folder / "old.h5"]):
            maps = []
            for ranks in (None, 2, 3, 7):
                path = self.folder / "map.h5"
                self.embed(rows, "-o", path, *FAST, "--field", "grid", "--weights", "weights", *options, ranks=ranks)
                maps.append(program.map_of(path))
                self.assertTrue(program.same_bits(maps[0], maps[-1]), (options, ranks))
            if "--fix" in options:
                self.assertTrue(program.same_bits(maps[0][:300], before))

    def test_several_maps_are_those_of_runs_of_their_own(self):
        weights = np.random.default_rng(2).integers(1, 9, 500)
        rows = self.write("cells.h5", X=self.more, weights=weights)
        several = ["--seeds", "3,5", "--perplexities", "9,20", "--init", "random"]
        for ranks in (None, 3):
            path = self.folder / "maps.h5"
            self.embed(rows, "-o", path, *FAST[:-2], "--weights", "weights", *several, ranks=ranks)
            with h5py.File(path) as file:
                maps = [file["embedding"][:], *(file[f"ensemble/maps/{number}"][:] for number in (2, 3, 4))]
                spread = file["spread"][:]
            alone = []
            for seed in (3, 5):
                for perplexity in (9, 20):
                    self.embed(rows, "-o", self.folder / "alone.h5", *FAST[:-2], "--weights", "weights", "--seed", seed,
                               "--perplexity", perplexity, "--init", "random", "--neighbors", "exact")
                    alone.append(program.map_of(self.folder / "alone.h5"))
            self.assertEqual(sorted(one.tobytes() for one in maps), sorted(one.tobytes() for one in alone))
            np.testing.assert_allclose(spread, self.spread_of(maps, weights), rtol=1e-4)

    @staticmethod
    def spread_of(maps, weights):
        """As if each row stood as often as it weighs."""
        maps = [np.repeat(one.astype(float), weights, axis=0) for one in maps]
        end = maps[0].mean(axis=0)
        places = [maps[0]]
        for one in maps[1:]:
            start = one.mean(axis=0)
            left, values, right = np.linalg.svd((one - start).T @ (maps[0] - end))
            places.append(values.sum() / ((one - start) ** 2).sum() * (one - start) @ left @ right + end)
        apart = np.stack(places) - np.mean(places, axis=0)
        return np.sqrt((apart**2).sum(axis=2).mean(axis=0))[np.cumsum(weights) - 1]

    def judge(self, *arguments, ranks=None):
        """What evaluate tells of the first map, and what it prints."""
        path = self.folder / "quality.json"
        result = program.run("evaluate", *arguments, "--json", path, ranks=ranks)
        self.assertEqual(result.code, 0, result.stderr)
        return json.loads(path.read_text())["maps"][0], result.stdout

    def test_evaluate_computes_the_divergence_of_all_points(self):
        maps = self.pair("one", self.weights, "--iterations", 20, "--learning-rate", 60)
        (told, text), (repeated, _) = self.judge(maps[0]), self.judge(maps[1])
        self.assertAlmostEqual(told["figures"]["kl"]["value"], told["stated_kl"], delta=1e-9)
        self.assertAlmostEqual(told["figures"]["kl"]["value"], repeated["figures"]["kl"]["value"], delta=1e-6)
        self.assertIn("stand for many points each: the KL divergence is that of all the points", text)
        # All other figures are those of the same map without weights.
        bare = self.write("bare.h5", embedding=program.map_of(maps[0]))
        for name, figure in self.judge(bare, "--input", self.folder / "one.h5")[0]["figures"].items():
            self.assertEqual(figure, told["figures"][name], name)
        # Fractions, in float, of chosen rows.
        weights = np.random.default_rng(1).integers(1, 40, 500) / 4
        rows = self.write("cells.h5", X=self.more, weights=weights, part=np.arange(500) % 5)
        path = self.folder / "map.h5"
        for options in ([], ["--where", "part!=3"], ["--method", "ssne", "--field", "grid"]):
            self.embed(rows, "-o", path, *FAST, "--weights", "weights", *options)
            found = [self.judge(path, "--kl", "yes", ranks=ranks)[0] for ranks in (None, 3)]
            self.assertEqual(found[0], found[1])
            figure = found[0]["figures"]["kl"]
            self.assertAlmostEqual(figure["value"], found[0]["stated_kl"],
                                   delta=4e-4 * figure["value"] + figure["margin"])

    def test_evaluate_needs_the_weights_again(self):
        rows = self.write("cells.h5", X=self.more, weights=np.arange(500) % 4 + 1)
        path = self.folder / "map.h5"
        self.embed(rows, "-o", path, *FAST, "--weights", "weights")
        bare = self.write("bare.h5", X=self.more)
        for ranks in (None, 3):
            result = program.run("evaluate", path, "--input", bare, ranks=ranks)
            self.assertEqual(result.code, 2, result.stderr)
            self.assertRegex(result.errors, "map of rows with weights: .*tells no 'weights'.* with --input, .*--kl no")
            self.assertEqual(len(result.errors.strip().splitlines()), 1, result.errors)
        self.assertNotIn("kl", self.judge(path, "--input", bare, "--kl", "no")[0]["figures"])

    def reliability(self, map_, *options, ranks=None):
        """Both scores of each row, and how far rows are moved."""
        told, _ = self.judge(map_, "--reliability", "--write", "--kl", "no", *options, ranks=ranks)
        with h5py.File(map_) as file:
            return (file["quality/perturbation"][:], file["quality/singularity"][:],
                    told["figures"]["perturbation_length"]["value"])

    def test_a_row_tears_as_each_of_its_points(self):
        # The principal axes, along which rows move, take each row once, which is the same where all weigh as much.
        for weights, exact in ((np.full(ROWS, 3), True), (self.weights, False)):
            several = [self.pair("one", weights, "--iterations", 60, "--learning-rate", 60, *options)
                       for options in ([], ["--method", "ssne"])]
            for one, other in several:
                perturbation, singularity, length = self.reliability(one)
                last = np.cumsum(weights) - 1
                moved, broken, repeated_length = self.reliability(other)
                np.testing.assert_allclose(singularity, broken[last], rtol=2e-3)
                if exact:
                    self.assertAlmostEqual(length, repeated_length, delta=1e-4 * length)
                    # Rows are tried from more places than points, whose nearest are their duplicates.
                    same = np.abs(perturbation - moved[last]) < 1e-2 * (0.1 + moved[last])
                    self.assertGreater(same.mean(), 0.9)

    def test_tears_are_the_same_on_any_ranks(self):
        weights = np.random.default_rng(1).integers(1, 12, 300) / 4
        rows = self.write("cells.h5", X=self.more[:300], weights=weights)
        path = self.folder / "map.h5"
        self.embed(rows, "-o", path, *FAST, "--weights", "weights")
        expected = self.reliability(path)
        self.assertTrue(np.isfinite(expected[0]).all() and np.isfinite(expected[1]).all())
        for ranks in (3, 7):
            found = self.reliability(path, ranks=ranks)
            self.assertTrue(all(program.same_bits(a, b) for a, b in zip(found[:2], expected[:2])), ranks)

    def transform(self, map_, rows, *options, ranks=None):
        out = self.folder / "placed.h5"
        result = program.run("transform", map_, rows, "-q", "-o", out, *options, ranks=ranks)
        self.assertEqual(result.code, 0, result.stderr)
        return program.map_of(out)

    def test_new_rows_come_to_where_they_would_among_all_points(self):
        new = self.write("new.h5", X=self.new)
        for options in ([], ["--method", "ssne"], ["--perplexity", "4,30"]):
            maps = self.pair("one", self.weights, "--iterations", 30, "--learning-rate", 60, *options)
            placed, among_all = (self.transform(path, new) for path in maps)
            scale = np.ptp(among_all)
            np.testing.assert_allclose(placed, among_all, atol=2e-4 * scale, err_msg=str(options))
        plain = self.folder / "plain.h5"
        there = self.write("there.h5", embedding=program.map_of(maps[0]))
        self.embed(self.folder / "one.h5", "-o", plain, *PLAIN, "--perplexity", "4,30", "--iterations", 0, "--k",
                   ROWS - 1, "--init", there)
        self.assertGreater(np.abs(self.transform(plain, new) - placed).max(), 1e-2 * scale)

    def test_new_rows_have_the_same_bits_on_any_ranks(self):
        weights = np.random.default_rng(1).integers(1, 40, 400) / 4
        rows = self.write("cells.h5", X=self.more[:400], weights=weights)
        new = self.write("new.h5", X=self.more[400:])
        path = self.folder / "map.h5"
        self.embed(rows, "-o", path, *FAST, "--weights", "weights")
        expected = self.transform(path, new)
        for ranks in (2, 3, 7):
            self.assertTrue(program.same_bits(self.transform(path, new, ranks=ranks), expected), ranks)
        bare = self.write("bare.h5", X=self.more[:400])
        for ranks in (None, 3):
            result = program.run("transform", path, new, "-o", self.folder / "t.h5", "--reference", bare, ranks=ranks)
            self.assertEqual(result.code, 2, result.stderr)
            self.assertRegex(result.errors, "map of rows with weights: .*tells no 'weights'.* with --reference")

    def test_a_column_of_weights_is_no_measurement_of_new_rows(self):
        table, new = self.folder / "rows.csv", self.folder / "new.csv"
        names = [f"x{c}" for c in range(64)]
        for path, x, sizes in ((table, self.more[:300], np.arange(300) % 3 + 1), (new, self.new, np.full(40, 7))):
            with open(path, "w") as file:
                file.write(",".join(names[:20] + ["size"] + names[20:]) + "\n")
                for row, size in zip(x, sizes):
                    values = [repr(float(value)) for value in row]
                    file.write(",".join(values[:20] + [str(size)] + values[20:]) + "\n")
        path = self.folder / "map.h5"
        self.embed(table, "-o", path, *FAST, "--weights", "size")
        placed = self.transform(path, new)
        plain = self.write("plain.h5", X=self.more[:300], size=np.arange(300) % 3 + 1)
        self.embed(plain, "-o", path, *FAST, "--weights", "size")
        self.assertTrue(program.same_bits(self.transform(path, self.write("new.h5", X=self.new)), placed))


if __name__ == "__main__":
    cases.main()
