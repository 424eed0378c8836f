"""What is done with maps of rows with weights, beside the sets in which each row stands as often as it weighs."""
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
        self.x = self.more[:ROWS]
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


if __name__ == "__main__":
    cases.main()
