"""Several maps in one run: each as in a run of its own, their spread as NumPy has it, parts of the rows, stops."""
import h5py
import numpy as np
import scipy.sparse
import anndata

import cases
import program

FAST = ["--iterations", 60, "--exaggeration-iterations", 30, "--measure-every", 30]
GRAPH = ["--neighbors", "exact", "--field", "grid"]
SHARE = 0.8


def maps_of(path):
    """All maps of a result in their order, and the attributes of those after the first."""
    with h5py.File(path) as file:
        further = file.get("ensemble/maps", {})
        numbers = sorted(further, key=int)
        assert [int(number) for number in numbers] == list(range(2, 2 + len(numbers)))
        return ([file["embedding"][:], *(further[number][:] for number in numbers)],
                [dict(further[number].attrs) for number in numbers])


def laid_on(moving, fixed):
    """Orthogonal Procrustes analysis on the rows of both, with a scale."""
    both = ~np.isnan(moving[:, 0])
    start, end = moving[both].mean(axis=0), fixed[both].mean(axis=0)
    left, values, right = np.linalg.svd((moving[both] - start).T @ (fixed[both] - end))
    scale = values.sum() / ((moving[both] - start) ** 2).sum()
    return scale * (moving - start) @ left @ right + end


def spread_of(maps):
    maps = [one.astype(float) for one in maps]
    places = np.stack([maps[0], *(laid_on(one, maps[0]) for one in maps[1:])])
    mean = np.nanmean(places, axis=0)
    spread = np.sqrt(np.nanmean(((places - mean) ** 2).sum(axis=2), axis=0))
    spread[np.isnan(places[:, :, 0]).sum(axis=0) > len(maps) - 2] = np.nan
    return spread, [np.sqrt(np.nanmean(((one - places[0]) ** 2).sum(axis=1))) for one in places[1:]]


class Ensembles(program.ProgramTest):
    def setUp(self):
        super().setUp()
        self.source = self.digits(400)
        self.output = self.folder / "maps.h5"

    def alone(self, *options, source=None):
        """The map of a run of its own."""
        path = self.folder / "alone.h5"
        self.embed(source or self.source, "-q", "-o", path, *FAST, *options)
        return program.map_of(path)

    def expect_same(self, maps, expected):
        self.assertEqual(len(maps), len(expected))
        for number, (one, other) in enumerate(zip(maps, expected), 1):
            self.assertTrue(program.same_bits(one, other), f"map {number}")

    def expect_spread(self, path):
        maps, told = maps_of(path)
        spread, residuals = spread_of(maps)
        with h5py.File(path) as file:
            self.assertEqual(file["spread"].dtype, np.float32)
            np.testing.assert_allclose(file["spread"][:], spread, rtol=2e-5, atol=1e-5 * np.nanmax(spread))
        np.testing.assert_allclose([one["residual"] for one in told], residuals, rtol=1e-5)
        self.assertGreater(np.nanmax(spread), 0.0)

    def test_each_seed_has_the_map_of_a_run_of_its_own(self):
        for options, ranks in (([], (None, 3)), (GRAPH, (None, 2, 3, 4, 7)),
                               (["--precision", "double", "--init", "pca"], (2,))):
            init = [] if "--init" in options else ["--init", "random"]
            expected = [self.alone(*options, *init, "--seed", seed) for seed in (1, 2, 3, 7)]
            self.assertFalse(np.array_equal(expected[0], expected[1]))
            for rank_count in ranks:
                with self.subTest(options=options, ranks=rank_count):
                    result = self.embed(self.source, "-o", self.output, *FAST, *options, "--seeds", "1..3,7",
                                        ranks=rank_count)
                    maps, told = maps_of(self.output)
                    self.expect_same(maps, expected)
                    self.assertEqual([one["seed"] for one in told], [2, 3, 7])
                    self.assertEqual([one["rows"] for one in told], [400] * 3)
                    self.assertEqual([one["iterations"] for one in told], [60] * 3)
                    self.assertEqual({one["ending"] for one in told}, {"iterations"})
                    self.expect_spread(self.output)
                    self.assertIn("map 4 of 4: seed 7\n", result.stderr)
                    self.assertEqual(result.stderr.count("\nneighbors "), 1 if options == GRAPH else 0)
                    self.assertEqual([name for name in self.names() if "checkpoint" in name], [])

    def test_the_file_of_the_first_map_is_that_of_its_own_run(self):
        self.embed(self.source, "-q", "-o", self.output, *FAST, "--seeds", "5,6")
        alone = self.folder / "one.h5"
        self.embed(self.source, "-q", "-o", alone, *FAST, "--seed", 5, "--init", "random")
        with h5py.File(self.output) as file, h5py.File(alone) as other:
            self.assertEqual(set(file) - set(other), {"spread", "ensemble"})
            for name in ("seed", "iterations", "ending", "finished", "kl_fall", "recall", "neighbors"):
                np.testing.assert_equal(file.attrs[name], other.attrs[name], name)
            for name in other["history"]:
                np.testing.assert_array_equal(file["history"][name][:], other["history"][name][:])
            np.testing.assert_array_equal(file["labels"][:], other["labels"][:])
            self.assertIn('seeds="5,6"\n', file.attrs["config"])
        run = program.run("evaluate", self.output, self.source, "--json", self.folder / "figures.json")
        self.assertEqual(run.code, 0, run.stderr)
        picture = program.run("plot", self.output, "-o", self.folder / "spread.svg", "--labels", "spread")
        self.assertEqual(picture.code, 0, picture.stderr)
        self.assertIn("spread", (self.folder / "spread.svg").read_text())
        info = program.run("info", self.output, "--dataset", "embedding")
        self.assertRegex(info.stdout, r"(?m)^ +spread +numbers from ")

    def test_perplexities_have_a_map_each_and_a_list_is_averaged_as_before(self):
        options = [*GRAPH, "--seeds", "3,4", "--perplexities", "5,20"]
        expected = [self.alone(*GRAPH, "--init", "random", "--seed", seed, "--perplexity", perplexity)
                    for perplexity in (5, 20) for seed in (3, 4)]
        for ranks in (None, 3):
            result = self.embed(self.source, "-o", self.output, *FAST, *options, ranks=ranks)
            maps, told = maps_of(self.output)
            self.expect_same(maps, expected)
            self.assertEqual([one["perplexity"] for one in told], ["5", "20", "20"])
            self.expect_spread(self.output)
            self.assertIn("60 of each row, exact", result.stderr)
        self.embed(self.source, "-q", "-o", self.output, *FAST, "--perplexities", "5,20")
        self.expect_same(maps_of(self.output)[0], [self.alone("--perplexity", 5), self.alone("--perplexity", 20)])
        self.embed(self.source, "-q", "-o", self.output, *FAST, "--perplexity", "5,20")
        with h5py.File(self.output) as file:
            self.assertNotIn("ensemble", file)
            self.assertNotIn("spread", file)

    def drawn(self, one, rows=400):
        there = ~np.isnan(one).any(axis=1)
        self.assertTrue(np.isnan(one[~there]).all())
        self.assertLess(abs(there.sum() - SHARE * rows), 5 * np.sqrt(rows * SHARE * (1 - SHARE)))
        return there

    def test_a_bootstrap_is_the_map_of_some_of_the_rows(self):
        options = ["--pca", "off", "--perplexity", 15]
        start = self.folder / "start.h5"
        self.embed(self.source, "-q", "-o", start, *options, "--iterations", 0)
        expected = None
        for ranks in (None, 2, 3, 4, 7):
            self.embed(self.source, "-q", "-o", self.output, *FAST, *options, "--bootstraps", 2, ranks=ranks)
            maps, told = maps_of(self.output)
            if expected is None:
                expected = [self.alone(*options)]
                drawn = []
                for one in maps[1:]:
                    drawn.append(self.drawn(one))
                    with h5py.File(self.source) as file:
                        part = self.write("part.h5", X=file["X"][:][drawn[-1]])
                    init = self.write("init.h5", Y=program.map_of(start)[drawn[-1]])
                    expected.append(np.full((400, 2), np.nan, "f4"))
                    expected[-1][drawn[-1]] = self.alone("--pca", "off", "--perplexity", 15 * SHARE, "--init", init,
                                                         source=part)
                self.assertFalse(np.array_equal(*drawn))
            self.expect_same(maps, expected)
            self.assertEqual([one["bootstrap"] for one in told], [1, 2])
            self.assertEqual([one["perplexity"] for one in told], ["12", "12"])
            self.assertEqual([one["rows"] for one in told], [sum(one) for one in drawn])
            self.expect_spread(self.output)

    def test_bootstraps_of_a_graph_take_the_edges_that_are_left(self):
        """A matrix of neighbors in a file is cut by hand; the same graph, searched, has the same bits on any ranks."""
        with h5py.File(self.source) as file:
            rows = file["X"][:].astype(float)
        distances = np.sqrt(((rows[:, None] - rows[None]) ** 2).sum(axis=2))
        np.fill_diagonal(distances, np.inf)
        near = np.argsort(distances, axis=1, kind="stable")[:, :30]
        matrix = np.zeros((400, 400), "f4")
        np.put_along_axis(matrix, near, np.take_along_axis(distances, near, 1), 1)

        def cells(part, name):
            data = anndata.AnnData(rows[part].astype("f4"))
            data.obsp["distances"] = scipy.sparse.csr_matrix(matrix[np.ix_(part, part)])
            data.write_h5ad(self.folder / name)
            return self.folder / name

        graph = cells(np.full(400, True), "all.h5ad")
        options = ["--field", "grid", "--perplexity", 10]
        expected = None
        for ranks in (None, 3, 7):
            self.embed("-q", "-o", self.output, *FAST, *options, "--graph", graph, "--bootstraps", 1, ranks=ranks)
            maps, _ = maps_of(self.output)
            if expected is None:
                drawn = self.drawn(maps[1])
                start = self.folder / "start.h5"
                self.embed("-q", "-o", start, "--graph", graph, "--perplexity", 10, "--iterations", 0)
                init = self.write("init.h5", Y=program.map_of(start)[drawn])
                path = self.folder / "alone.h5"
                self.embed("-q", "-o", path, *FAST, "--field", "grid", "--graph", cells(drawn, "part.h5ad"),
                           "--perplexity", 8, "--init", init)
                expected = np.full((400, 2), np.nan, "f4")
                expected[drawn] = program.map_of(path)
            self.expect_same(maps[1:], [expected])
        expected = None
        for ranks in (None, 2, 3, 4, 7):
            self.embed(self.source, "-q", "-o", self.output, *FAST, *GRAPH, "--seeds", "1,2", "--bootstraps", 2,
                       "--bootstrap-share", 0.6, ranks=ranks)
            maps, _ = maps_of(self.output)
            self.assertEqual(len(maps), 4)
            self.expect_spread(self.output)
            expected = expected or maps
            self.expect_same(maps, expected)

    def test_rows_whose_neighbors_are_all_left_out_go_with_them(self):
        pairs = np.arange(200) ^ 1  # each row has one neighbor, which has it
        graph = self.write("graph.h5", indices=pairs[:, None], distances=np.ones((200, 1), "f4"))
        for ranks in (None, 3):
            self.embed("-q", "-o", self.output, *FAST, "--affinity", "uniform", "--k", 1, "--graph", graph,
                       "--bootstraps", 1, "--bootstrap-share", 0.7, ranks=ranks)
            there = ~np.isnan(maps_of(self.output)[0][1][:, 0])
            np.testing.assert_array_equal(there[0::2], there[1::2])
            self.assertTrue(30 < there[0::2].sum() < 70, there.sum())
            with h5py.File(self.output) as file:
                np.testing.assert_array_equal(np.isnan(file["spread"][:]), ~there)

    def test_a_note_says_where_nothing_random_bears_on_a_map(self):
        init = self.write("init.h5", Y=np.random.default_rng(2).normal(size=(400, 2)))
        result = self.embed(self.source, "-o", self.output, *FAST, "--seeds", "1,2", "--init", init, ranks=2)
        self.assertIn("note: map 2 is the same as the first to the bit", result.stderr)
        self.expect_same(maps_of(self.output)[0][1:], [program.map_of(self.output)])
        with h5py.File(self.output) as file:
            self.assertLess(file["spread"][:].max(), 1e-6)

    def test_a_stopped_run_goes_on_with_the_map_that_it_was_at(self):
        iterations = program.fewer(400, 120)
        for more in (GRAPH, ["--pca", "off"]):
            base = ["-o", self.output, "--exaggeration-iterations", 50, "--iterations", iterations, *more,
                    "--bootstraps", 1]
            options = [*base, "--seeds", "1..3"]
            self.embed(self.source, "-q", "--checkpoint", "off", *options)
            expected, told = maps_of(self.output)
            with h5py.File(self.output) as file:
                spread, history = file["spread"][:], file["history/kl"][:]
            self.output.unlink()
            stopped = program.run_and_stop("embed", self.source, *options, "--checkpoint-every", 0, ranks=2,
                                           when=(self.folder / "maps.h5.checkpoint.map-2").exists)
            self.assertEqual(stopped.code, 75, stopped.stderr)
            self.assertRegex(stopped.stderr,
                             r"distsne: stopped by SIGUSR1 in map [2-4] of 4.*; the same command goes on from "
                             r"\S+maps.h5.checkpoint\n")
            self.assertIn("maps.h5.checkpoint.map-1.done", self.names())
            with h5py.File(self.output) as file:
                self.assertEqual(file.attrs["finished"], 0)
                self.assertTrue(program.same_bits(file["embedding"][:], expected[0]))
            refused = program.run("embed", self.source, "-q", *base, "--seeds", "1..4")
            self.assertEqual(refused.code, 2, refused.stderr)
            self.assertIn("--seeds was 1..3 and is 1..4", refused.stderr)
            codes = []
            for step in range(40):
                result = program.run("embed", self.source, *options, "--max-time", f"{0.3 + 0.1 * step}s",
                                     ranks=(3, 1, 4)[step % 3])
                codes.append(result.code)
                self.assertIn(result.code, (0, 75), result.stderr)
                self.assertNotIn("map 1 of 4: seed", result.stderr, "it was kept")
                if result.code == 0:
                    break
            self.assertEqual(codes[-1], 0)
            maps, now = maps_of(self.output)
            self.expect_same(maps, expected)
            self.assertEqual(now, told)
            with h5py.File(self.output) as file:
                self.assertEqual(file.attrs["finished"], 1)
                self.assertTrue(program.same_bits(file["spread"][:], spread))
                self.assertTrue(program.same_bits(file["history/kl"][:], history))
            self.assertEqual([name for name in self.names() if "checkpoint" in name or "partial" in name], [])

    def test_memory_and_time_of_all_maps_are_predicted(self):
        source = self.write("zeros.h5", X=np.zeros((20000, 4), "f4"))

        def predicted(*options):
            text = self.embed(source, "-q", "-o", self.output, "--dry-run", *options).stdout
            found = {line.split()[0]: line.split()[1:3] for line in text.splitlines() if line.split()}
            return {name: list(map(float, found[name])) for name in ("neighbors", "iterations")}

        one, many = predicted(), predicted("--seeds", "1..500")
        self.assertEqual(one["neighbors"][1], many["neighbors"][1])
        self.assertGreater(many["iterations"][0], 100 * one["iterations"][0])
        expected = 20000 * (500 * 2 * 4 + 90 * 8) / 1e6
        self.assertAlmostEqual(many["iterations"][1] - one["iterations"][1], expected, delta=1.5)

    def test_what_makes_no_sense_together(self):
        for options, words in (
                (["--seeds", "1,2", "--snapshots", 5], "--snapshots keeps the course of one map"),
                (["--bootstraps", 2, "--live", self.folder / "a.png"], "--live draws one map"),
                (["--seeds", "1,2", "--resume-with-changes"], "--resume-with-changes would change"),
                (["--seeds", "1..3,2"], "--seeds names 2 twice"),
                (["--perplexities", "5,5"], "--perplexities names 5 twice"),
                (["--perplexities", "5,6", "--affinity", "uniform"], "--perplexities is of use with"),
                (["--perplexities", "5,500"], "--perplexity 500 does not fit 400 rows"),
                (["--perplexities", "0.5,5"], "0.5: a number from 1"),
                (["--seeds", "3..1"], "3..1: two whole numbers are wanted"),
                (["--seeds", "1..x"], "1..x: two whole numbers"),
                (["--seeds", "1..900", "--perplexities", "5,6"], "1800 maps together: at most 1000"),
                (["--bootstraps", 2, "--rows", "0:20"], "--bootstraps takes a part of the rows, of which there are 20"),
                (["--bootstrap-share", 0.2], "0.2")):
            for ranks in (None, 2):
                with self.subTest(options=options, ranks=ranks):
                    result = program.run("embed", self.source, "-q", "-o", self.output, *options, ranks=ranks)
                    self.assertEqual(result.code, 2, result.stderr)
                    self.assertIn(words, result.errors)
                    self.assertFalse(self.output.exists())

    def test_a_list_of_seeds_is_dumped_as_it_is_read(self):
        def dumped(*options):
            return self.embed(self.source, "-o", self.output, *options, "--dump-config").stdout

        self.assertIn("\nseeds=off\n", dumped())
        self.assertIn("""\nseeds="1..5,8,9,18446744073709551613..18446744073709551615"\n""",
                      dumped("--seeds", "1,2,3..5,8..9,18446744073709551613..18446744073709551615"))
        self.embed(self.source, "-q", "-o", self.output, *FAST, "--seeds", "9")
        self.expect_same(maps_of(self.output)[0], [self.alone("--seed", 9)])


if __name__ == "__main__":
    cases.main()
