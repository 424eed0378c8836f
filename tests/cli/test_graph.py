"""Neighbor graphs in files: made by distsne neighbors or elsewhere, and maps from them."""
import json

import h5py
import numpy as np
import cases
import program

FAST = ["--iterations", 40, "--exaggeration-iterations", 20, "--measure-every", 20]


def neighbors_of(points, k, with_self=False):
    """Exact neighbors by numpy: indices and distances."""
    squares = ((points[:, None, :] - points[None, :, :]) ** 2).sum(axis=2)
    if not with_self:
        np.fill_diagonal(squares, np.inf)
    else:
        np.fill_diagonal(squares, -1)
    indices = np.argsort(squares, axis=1, kind="stable")[:, :k]
    return indices, np.sqrt(np.maximum(np.take_along_axis(squares, indices, 1), 0))


class GraphFile(program.ProgramTest):
    def make_graph(self, source, *options, **more):
        path = self.folder / "graph.h5"
        result = program.run("neighbors", source, "-o", path, *options, **more)
        self.assertEqual(result.code, 0, result.stderr)
        return path

    def assert_same_start(self, one, other):
        """The same affinities but for rounding, which grows from iteration to iteration."""
        for name in ("kl", "gradient_norm"):
            np.testing.assert_allclose(one[name][0], other[name][0], rtol=2e-4)
            np.testing.assert_allclose(one[name][1], other[name][1], rtol=2e-2)

    def test_layout(self):
        points = np.random.default_rng(1).normal(size=(300, 8)).astype("f4")
        source = self.write("points.h5", X=points, ids=np.arange(300))
        path = self.make_graph(source, "--neighbors", "exact", "--k", 12, ranks=3)
        indices, distances = neighbors_of(points.astype("f8"), 12)
        with h5py.File(path) as file:
            self.assertEqual(set(file), {"indices", "distances", "order", "ids"})
            self.assertEqual(set(file.attrs), {"format", "format_version", "version", "commit", "input", "metric",
                                               "exact", "recall", "config"})
            self.assertEqual((file["indices"].dtype, file["distances"].dtype), (np.dtype("u4"), np.dtype("f4")))
            np.testing.assert_array_equal(file["indices"][:], indices)
            np.testing.assert_allclose(file["distances"][:], distances, rtol=1e-4)
            self.assertEqual(sorted(file["order"][:]), list(range(300)))
            self.assertEqual(file["ids"][:].tolist(), list(range(300)))
            self.assertEqual((file.attrs["exact"], file.attrs["recall"]), (1, 1))

    def test_bits_do_not_depend_on_the_ranks(self):
        source = self.digits(1000)
        options = ["--neighbors", "approx", "--recall", 0.9, "--k", 20]
        with h5py.File(self.make_graph(source, *options)) as file:
            expected = {name: file[name][:] for name in file}
        for ranks in (2, 4, 7):
            with h5py.File(self.make_graph(source, *options, ranks=ranks)) as file:
                for name, values in expected.items():
                    self.assertTrue(program.same_bits(file[name][:], values), (ranks, name))

    def test_a_map_from_a_graph_has_the_bits_of_a_run_in_one_piece(self):
        source = self.digits(700)
        whole = self.folder / "whole.h5"
        piece = self.folder / "piece.h5"
        for search in (["--neighbors", "exact"], ["--neighbors", "approx", "--recall", 0.8]):
            graph = self.make_graph(source, *search, ranks=2)
            self.embed(source, "-q", "-o", whole, *FAST, *search)
            for ranks in (1, 3):
                self.embed(source, "-q", "-o", piece, *FAST, "--graph", graph, ranks=ranks)
                self.assertTrue(program.same_bits(program.map_of(piece), program.map_of(whole)), (search, ranks))
            with h5py.File(whole) as first, h5py.File(piece) as second:
                for name in ("recall", "neighbors"):
                    self.assertEqual(first.attrs[name], second.attrs[name])
                self.assertEqual(first.attrs["neighbors"], 90)

    def test_one_graph_serves_many_maps(self):
        source = self.digits(400)
        graph = self.make_graph(source, "--k", 90)
        output = self.folder / "map.h5"
        reference = self.folder / "reference.h5"
        for perplexity in (5, 17.5, 30):
            self.embed(source, "-q", "-o", output, *FAST, "--graph", graph, "--perplexity", perplexity)
            self.embed(source, "-q", "-o", reference, *FAST, "--neighbors", "exact", "--perplexity", perplexity)
            # Not to the bit: fewer neighbors of a wider search may come in another order of lists.
            with h5py.File(output) as one, h5py.File(reference) as other:
                self.assert_same_start(one["history"], other["history"])

    def test_without_the_input(self):
        graph = self.make_graph(self.digits(400))
        output = self.folder / "map.h5"
        log = self.folder / "log.jsonl"
        self.embed("-q", "-o", output, *FAST, "--graph", graph, "--log-json", log, ranks=2)
        stages = json.loads(log.read_text().splitlines()[-1])["stages"]
        self.assertGreater(stages["neighbors"]["predicted"]["memory"], 1e6, "reading a graph takes memory, too")
        with h5py.File(output) as file, h5py.File(program.DIGITS) as digits:
            self.assertEqual(file["embedding"].shape, (400, 2))
            self.assertTrue(program.same_bits(file["labels"][:], digits["labels"][:400]))
            self.assertIn("graph.h5", file.attrs["input"])

    def test_graphs_made_elsewhere(self):
        with h5py.File(program.DIGITS) as digits:
            points = digits["X"][:500].astype("f8")
        output = self.folder / "map.h5"
        reference = self.folder / "reference.h5"
        self.embed(self.digits(500), "-q", "-o", reference, *FAST, "--neighbors", "exact", "--pca", "off")
        with h5py.File(reference) as file:
            expected = {name: file["history"][name][:] for name in file["history"]}
        for with_self in (False, True):
            indices, distances = neighbors_of(points, 90 + with_self, with_self)
            shuffled = np.random.default_rng(6).permutation(np.arange(int(with_self), 90 + with_self))
            for kind, order in (("i8", np.arange(90 + with_self)), ("u4", np.r_[:int(with_self), shuffled])):
                graph = self.write("elsewhere.h5", indices=indices[:, order].astype(kind),
                                   distances=distances[:, order])
                self.embed(self.digits(500), "-q", "-o", output, *FAST, "--graph", graph, "--pca", "off", ranks=2)
                with h5py.File(output) as file:
                    self.assert_same_start(file["history"], expected)
                    self.assertTrue(np.isnan(file.attrs["recall"]))

    def test_bad_graphs(self):
        points = np.random.default_rng(3).normal(size=(60, 4))
        indices, distances = neighbors_of(points, 20)

        def changed(array, row, column, value):
            result = array.copy()
            result[row, column] = value
            return result

        order = np.arange(60)
        for says, datasets in (
            ("row 41: its neighbor 3 is 60", {"indices": changed(indices, 41, 3, 60), "distances": distances}),
            ("row 5: its neighbor 19 is -1", {"indices": changed(indices, 5, 19, -1), "distances": distances}),
            ("row 17: its neighbor 2 is the row itself",
             {"indices": changed(indices, 17, 2, 17), "distances": distances}),
            ("row 59: it has the neighbor",
             {"indices": changed(indices, 59, 1, indices[59, 0]), "distances": distances}),
            ("row 8: the distance of its neighbor 4 is -2",
             {"indices": indices, "distances": changed(distances, 8, 4, -2)}),
            ("row 30: the distance of its neighbor 0 is nan",
             {"indices": indices, "distances": changed(distances, 30, 0, np.nan)}),
            ("they must have the same shape", {"indices": indices, "distances": distances[:, :10]}),
            ("has no dataset '/distances'", {"indices": indices}),
            ("does not name every row once", {"indices": indices, "distances": distances, "order": order // 2}),
            ("does not name every row once", {"indices": indices, "distances": distances, "order": order + 1}),
            ("20 neighbors of each row, and 45 are needed",
             {"indices": indices, "distances": distances, "perplexity": 15}),
        ):
            perplexity = datasets.pop("perplexity", 6)
            graph = self.write("bad.h5", **datasets)
            for ranks in (None, 4):
                with self.subTest(says=says, ranks=ranks):
                    result = program.run("embed", "-q", "-o", self.folder / "map.h5", "--graph", graph, "--perplexity",
                                         perplexity, ranks=ranks)
                    self.assertEqual((result.code, result.errors.count("\n")), (2, 1), result.stderr)
                    self.assertIn(says, result.errors)
                    self.assertFalse((self.folder / "map.h5").exists())

    def test_graph_and_input_must_fit(self):
        graph = self.make_graph(self.digits(100), "--k", 20)
        for says, options in (
            (f"{graph}' has 100 rows and", [self.digits(120), "--graph", graph, "--perplexity", 5]),
            ("--neighbors all", ["--graph", graph, "--neighbors", "all"]),
            ("pca needs the input", ["--graph", graph, "--init", "pca"]),
            ("it is the input", ["--graph", graph, "--perplexity", 5, "-o", graph]),
            ("it is the input", [self.digits(100), "--graph", graph, "--perplexity", 5, "-o", graph]),
        ):
            result = program.run("embed", "-q", *([] if "-o" in options else ["-o", self.folder / "map.h5"]), *options)
            self.assertEqual(result.code, 2, (says, result.stderr))
            self.assertIn(says, result.stderr)


if __name__ == "__main__":
    cases.main()
