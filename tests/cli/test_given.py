"""Neighbors and affinities that other programs have found, as square sparse matrices."""
import re

import h5py
import numpy as np
import scipy.sparse
import cases
import program

import anndata

FAST = ["--iterations", 40, "--exaggeration-iterations", 20, "--measure-every", 20, "--field", "direct"]
ROWS = 150


def cost(method, a, points):
    """The cost of a map by the formulas of the papers, over all pairs."""
    a = a - np.diag(np.diag(a))
    squares = ((points[:, None, :] - points[None, :, :]) ** 2).sum(axis=2)
    kernel = 1 / (1 + squares) if method == "tsne" else np.exp(-squares)
    np.fill_diagonal(kernel, 0)
    if method == "sne":
        p, q = a / a.sum(axis=1, keepdims=True), kernel / kernel.sum(axis=1, keepdims=True)
    else:
        p, q = (a + a.T) / (2 * a.sum()), kernel / kernel.sum()
    filled = p > 0
    return (p[filled] * np.log(p[filled] / q[filled])).sum()


class Given(program.ProgramTest):
    def setUp(self):
        super().setUp()
        random = np.random.default_rng(11)
        points = random.normal(size=(ROWS, 5)) + 6 * (np.arange(ROWS) % 3)[:, None]
        distances = np.sqrt(((points[:, None, :] - points[None, :, :]) ** 2).sum(axis=2))
        np.fill_diagonal(distances, np.inf)
        self.indices = np.argsort(distances, axis=1)[:, :14]
        self.distances = np.take_along_axis(distances, self.indices, 1).astype("f4")
        begin = np.arange(0, 14 * ROWS + 1, 14)
        self.near = scipy.sparse.csr_matrix((self.distances.ravel(), self.indices.ravel(), begin), (ROWS, ROWS))
        weights = self.near.copy()
        weights.data = np.exp(-weights.data).astype("f4")
        self.weights = weights.maximum(weights.T).tocsr()
        self.points = points.astype("f4")
        self.output = self.folder / "map.h5"

    def cells(self, distances=None, connectivities=None, name="cells.h5ad"):
        cells = anndata.AnnData(self.points)
        cells.obs["louvain"] = [("one", "two", "three")[i % 3] for i in range(ROWS)]
        cells.obs["louvain"] = cells.obs["louvain"].astype("category")
        cells.obsp["distances"] = self.near if distances is None else distances
        cells.obsp["connectivities"] = self.weights if connectivities is None else connectivities
        path = self.folder / name
        cells.write_h5ad(path)
        return path

    def test_distances_of_scanpy_are_a_graph(self):
        cells = self.cells()
        graph = self.write("graph.h5", indices=self.indices, distances=self.distances)
        self.embed(cells, "-q", "-o", self.output, *FAST, "--graph", graph, "--perplexity", 4)
        expected = program.map_of(self.output)
        for ranks in (None, 2, 3, 7):
            result = self.embed(cells, "-o", self.output, *FAST, "--graph", cells, "--perplexity", 4, ranks=ranks)
            self.assertIn("dataset '/obsp/distances'", result.stderr)
            self.assertTrue(program.same_bits(program.map_of(self.output), expected), ranks)
        result = self.embed("-o", self.output, *FAST, "--graph", cells)
        self.assertIn("14 neighbors of each row, perplexity 4.6", result.stderr)
        with h5py.File(self.output) as file:
            self.assertEqual(file["louvain"][4].decode(), "two", "labels come from where the graph is")
        result = program.run("embed", "-o", self.output, "--graph", cells, "--perplexity", 30)
        self.assertEqual(result.code, 2)
        self.assertIn("does not fit 14 neighbors", result.stderr)

    def test_rows_with_few_neighbors(self):
        ragged = self.near.tolil()
        ragged[7, self.indices[7][3:]] = 0
        ragged[9, 9] = 0.5
        cells = self.cells(distances=ragged.tocsr())
        expected = None
        for ranks in (None, 3):
            result = self.embed("-o", self.output, *FAST, "--graph", cells, "--perplexity", 4, ranks=ranks)
            self.assertIn("note: 1 rows have fewer neighbors than the perplexity", result.stderr)
            expected = program.map_of(self.output) if expected is None else expected
            self.assertTrue(program.same_bits(program.map_of(self.output), expected))

    def test_affinities_are_taken_as_they_are(self):
        asymmetric = self.weights.tolil()
        asymmetric[3, 3] = 2
        asymmetric[5, self.indices[5][0]] = 3
        for method in ("tsne", "ssne", "sne"):
            for name, matrix in (("weights", self.weights), ("asymmetric", asymmetric.tocsr()),
                                 ("by columns", self.weights.tocsc())):
                cells = self.cells(connectivities=matrix)
                expected = None
                for ranks in (None, 2, 3, 7):
                    with self.subTest(method=method, matrix=name, ranks=ranks):
                        result = self.embed(cells, "-o", self.output, *FAST, "--graph", cells, "--affinity", "given",
                                            "--method", method, ranks=ranks)
                        expected = program.map_of(self.output) if expected is None else expected
                        self.assertTrue(program.same_bits(program.map_of(self.output), expected))
                        odd = name == "asymmetric"
                        self.assertEqual("not symmetric" in result.stderr, odd and method != "sne", result.stderr)
                        self.assertEqual("1 rows have an affinity with themselves" in result.stderr, odd)
                with h5py.File(self.output) as file:
                    kl = file["history"]["kl"][-1]
                true = cost(method, matrix.toarray().astype(float), expected.astype(float))
                self.assertAlmostEqual(kl / true, 1, delta=2e-4)
                judged = program.run("evaluate", self.output)
                self.assertEqual(judged.code, 0, judged.stderr)
                found = float(re.search(r"KL divergence +([0-9.]+)", judged.stdout)[1])
                self.assertAlmostEqual(found / true, 1, delta=2e-4)

    def test_new_rows_have_affinities_of_their_own(self):
        cells = self.cells()
        self.embed(cells, "-q", "-o", self.output, *FAST, "--graph", cells, "--affinity", "given")
        some = self.write("new.h5", X=self.points[:9])
        result = program.run("transform", self.output, some, "-o", self.folder / "new_map.h5", ranks=2)
        self.assertEqual(result.code, 0, result.stderr)
        self.assertEqual(result.stderr.count("note: the affinities of"), 1, result.stderr)

    def test_matrices_of_other_files(self):
        cells = self.cells()
        self.embed("-q", "-o", self.output, *FAST, "--affinity", "given", "--graph", cells)
        expected = program.map_of(self.output)
        archive = self.folder / "weights.npz"
        scipy.sparse.save_npz(archive, self.weights)
        lists = self.folder / "lists.h5"
        by_rows = self.weights.tocsr()
        with h5py.File(lists, "w") as file:
            for group in ("", "deep/down/"):
                file[group + "data"], file[group + "indices"] = by_rows.data, by_rows.indices
                file[group + "indptr"] = by_rows.indptr
                file[group or "/"].attrs["shape"] = by_rows.shape
            file["more/x"] = np.zeros((3, 3))
        for name in (archive, f"{cells}:obsp/connectivities", f"{lists}:deep/down", lists):
            with self.subTest(name=name):
                self.embed("-q", "-o", self.output, *FAST, "--affinity", "given", "--graph", name)
                self.assertTrue(program.same_bits(program.map_of(self.output), expected))
        old = self.folder / "old.h5ad"
        with h5py.File(old, "w") as file, h5py.File(cells) as source:
            for name in ("X", "obs", "var"):
                source.copy(name, file)
            source.copy("obsp/connectivities", file.create_group("uns/neighbors"), "connectivities")
        self.embed("-q", "-o", self.output, *FAST, "--affinity", "given", "--graph", old)
        self.assertTrue(program.same_bits(program.map_of(self.output), expected))

    def test_what_has_no_effect_is_said(self):
        cells = self.cells()
        result = self.embed(cells, "-o", self.output, *FAST, "--graph", cells, "--affinity", "given", "--perplexity",
                            20, "--k", 5, "--sigma", 2, "--recall", 0.9)
        for option in ("perplexity", "k", "sigma"):
            self.assertIn(f"note: --{option} has no effect with --affinity given", result.stderr)
        self.assertIn("note: --recall has no effect with --graph", result.stderr)

    def test_dry_run_and_checkpoint(self):
        cells = self.cells()
        command = ["embed", cells, "-q", "-o", self.output, "--graph", cells, "--affinity", "given", "--field",
                   "direct"]
        planned = program.run(*command, "--dry-run")
        self.assertEqual(planned.code, 0, planned.stderr)
        self.assertIn("neighbors", planned.stdout)
        self.assertFalse(self.output.exists())
        endless = ["--schedule", "classic", "--iterations", 100000000]
        stopped = program.run(*command, *endless, "--max-time", "1s", ranks=2)
        self.assertEqual(stopped.code, 75, stopped.stderr)
        with h5py.File(self.output) as file:
            done = int(file.attrs["iterations"])
        more = ["--schedule", "classic", "--iterations", done + 20]
        self.assertEqual(program.run(*command, *more, "--resume-with-changes", ranks=3).code, 0)
        resumed = program.map_of(self.output)
        stopped = program.run(*command, *endless, "--max-time", "1s")
        self.assertEqual(stopped.code, 75, stopped.stderr)
        self.cells(connectivities=self.weights.multiply(self.weights).tocsr())
        refused = program.run(*command, *endless)
        self.assertEqual(refused.code, 2)
        self.assertIn("the file of --graph has changed", refused.stderr)
        self.cells()
        self.assertEqual(program.run(*command, *more, "--restart").code, 0)
        self.assertTrue(program.same_bits(program.map_of(self.output), resumed))

    def test_bad_matrices(self):
        def changed(row, column, value):
            matrix = self.weights.tolil()
            matrix[row, column] = value
            return matrix.tocsr()

        lonely = self.weights.tolil()
        lonely[8, :] = 0
        lonely[:, 8] = 0

        def damaged(dataset, index, value):
            path = self.cells(name=f"{dataset}{index}.h5ad")
            with h5py.File(path, "r+") as file:
                file["obsp/connectivities"][dataset][index] = value
            return path

        wide = self.folder / "wide.npz"
        scipy.sparse.save_npz(wide, self.weights[:, :90])
        dense = self.write("dense.h5", X=np.ones((ROWS, ROWS)))
        given = ["--affinity", "given"]
        for says, graph, options in (
            ("row 11 (counted from 0): the value in column 4 is -2: affinities are finite and at least 0",
             self.cells(connectivities=changed(11, 4, -2), name="negative.h5ad"), given),
            ("the value in row 140 '140', column 3 (counted from 0) is NaN",
             self.cells(connectivities=changed(140, 3, np.nan), name="nan.h5ad"), given),
            ("row 8 (counted from 0) has no affinity above 0 with another row",
             self.cells(connectivities=lonely.tocsr(), name="lonely.h5ad"), given),
            ("row 8 (counted from 0) has no neighbors",
             self.cells(distances=lonely.tocsr(), name="alone.h5ad"), ["--perplexity", 4]),
            ("'indptr' leads out of its", damaged("indptr", 50, 10 ** 6), given),
            ("'indptr' leads out of its", damaged("indptr", 149, 0), given),
            ("an index is -3", damaged("indices", 7, -3), given),
            ("an index is 150", damaged("indices", 400, 150), given),
            ("is 150 x 90: --graph wants a square matrix", wide, given),
            ("is dense", f"{dense}:X", given),
            ("nor a square sparse matrix", dense, given),
            ("holds neighbors and no affinities", self.write("lists.h5", indices=self.indices), given),
            ("holds distances, not affinities", f"{self.cells()}:obsp/distances", given),
            ("holds affinities, not distances", f"{self.cells()}:obsp/connectivities", []),
            ("has no matrix '/obsp/other'; choose one of /obsp/connectivities, /obsp/distances",
             f"{self.cells()}:obsp/other", given),
            ("--k 30 asks for more", self.cells(), ["--k", 30]),
        ):
            for ranks in (None, 3):
                with self.subTest(says=says, ranks=ranks):
                    result = program.run("embed", "-q", "-o", self.output, "--graph", graph, *options, ranks=ranks)
                    self.assertEqual((result.code, result.errors.count("\n")), (2, 1), result.stderr)
                    self.assertIn(says, result.errors)
                    self.assertFalse(self.output.exists())
        result = program.run("embed", self.cells(), "-q", "-o", self.output, "--affinity", "given")
        self.assertEqual(result.code, 2)
        self.assertIn("--affinity given takes the affinities from --graph", result.stderr)


if __name__ == "__main__":
    cases.main()
