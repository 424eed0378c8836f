"""The way back: maps as tables and arrays, and in the AnnData files of their rows."""
import subprocess
import time
import warnings

import cases
import formats
import numpy as np
import pandas
import program

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import anndata

USUAL = ["-q", "--iterations", 40, "--exaggeration-iterations", 20, "--checkpoint", "off"]


def read(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return anndata.read_h5ad(path)


class Export(program.ProgramTest):
    def setUp(self):
        super().setUp()
        self.cells = self.folder / "cells.h5ad"
        self.output = self.folder / "map.h5"

    def write_cells(self, extra=0):
        obs = pandas.DataFrame({"louvain": pandas.Categorical(formats.labels(), ["T cells", "NK", "B cells"])},
                               index=formats.names("cell", formats.ROWS))
        cells = anndata.AnnData(formats.matrix(), obs)
        cells.obsm["X_pca"] = formats.matrix()[:, :8]
        cells.uns["neighbors"] = {"params": {"n_neighbors": 15}}
        if extra > 0:
            cells.obsm["X_large"] = np.random.default_rng(5).normal(size=(formats.ROWS, extra))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            cells.write_h5ad(self.cells)

    def make_map(self, *options):
        self.embed(self.cells, "-o", self.output, *USUAL, *options)
        return program.map_of(self.output)

    def export(self, *arguments):
        result = program.run("export", self.output, *arguments)
        self.assertEqual(result.code, 0, result.stderr)

    def test_tables_and_arrays(self):
        self.write_cells()
        expected = self.make_map("--perplexity", 8)
        for name, separator in (("map.csv", ","), ("map.tsv", "\t")):
            self.export("-o", self.folder / name)
            table = pandas.read_csv(self.folder / name, sep=separator, index_col=0)
            self.assertTrue(program.same_bits(table[["tsne_1", "tsne_2"]].to_numpy(np.float32), expected))
            self.assertEqual(table["louvain"].tolist(), formats.labels())
            self.assertEqual(table.index[0], "cell0")
        self.export("-o", self.folder / "map.npy")
        self.assertTrue(program.same_bits(np.load(self.folder / "map.npy"), expected))

    def test_into_cells(self):
        self.write_cells()
        expected = self.make_map("--perplexity", 8)
        before = self.cells.read_bytes()
        copy = self.folder / "with_map.h5ad"
        for _ in range(2):  # the second time over the first
            self.export("--into", self.cells, "-o", copy)
            self.assertEqual(self.cells.read_bytes(), before)
            cells = read(copy)
            self.assertTrue(program.same_bits(np.asarray(cells.obsm["X_tsne"]), expected))
        self.export("--into", self.cells, "--in-place")
        self.assertTrue(program.same_bits(np.asarray(read(self.cells).obsm["X_tsne"]), expected))
        other = read(copy)
        other.obs_names = formats.names("other", formats.ROWS)
        other.write_h5ad(self.folder / "other.h5ad")
        result = program.run("export", self.output, "--into", self.folder / "other.h5ad", "--in-place")
        self.assertEqual(result.code, 2)
        self.assertIn("called 'cell0' in the map", result.errors)

    def test_parameters_are_those_of_scanpy(self):
        self.write_cells()
        for options, perplexity, exaggeration, rate in (
            ([], 59 / 3, 12.0, 5.0), (["--perplexity", 7.5], 7.5, 12.0, 5.0),
            (["--learning-rate", 50, "--early-exaggeration", 4, "--metric", "cosine"], 59 / 3, 4.0, 50.0),
        ):
            self.make_map(*options)
            self.export("--into", self.cells, "--in-place")
            cells = read(self.cells)
            cells.write_h5ad(self.folder / "again.h5ad")
            again = read(self.folder / "again.h5ad")
            for each in (cells, again):
                params = each.uns["tsne"]["params"]
                for name, value in (("perplexity", perplexity), ("early_exaggeration", exaggeration),
                                    ("learning_rate", rate)):
                    self.assertIsInstance(params[name], np.floating)
                    self.assertAlmostEqual(params[name], value, places=12)
                self.assertEqual(params["use_rep"], "X_pca")
                self.assertEqual(params["metric"], "cosine" if "cosine" in options else "euclidean")
                self.assertEqual((params["seed"], params["log1p"]), (42, False))
                self.assertIsInstance(params["seed"], np.integer)
                self.assertIsInstance(params["log1p"], np.bool_)
                self.assertEqual(params["init"], "auto")
                self.assertEqual(each.uns["neighbors"]["params"]["n_neighbors"], 15, "what was there stays")
        self.make_map("--affinity", "uniform")
        self.export("--into", self.cells, "--in-place")
        self.assertNotIn("perplexity", read(self.cells).uns["tsne"]["params"])

    def test_killed_at_any_moment(self):
        self.write_cells(extra=program.fewer(60000, 20000))  # tens of MB, so that there is something to be killed in
        maps = [self.make_map("--seed", seed) for seed in (1, 2)]
        self.export("--into", self.cells, "--in-place")  # the second
        large = read(self.cells).obsm["X_large"]
        self.make_map("--seed", 1)
        command = program.command("export", self.output, "--into", self.cells, "--in-place")
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        before = self.cells.read_bytes()
        start = time.monotonic()
        subprocess.run(command, check=True, env=program.environment(), **pipes)
        duration = time.monotonic() - start
        killed = old = 0
        for moment in range(20):
            self.cells.write_bytes(before)
            with subprocess.Popen(command, env=program.environment(), **pipes) as process:
                time.sleep(duration * moment / 20)
                process.kill()
            killed += process.returncode != 0
            cells = read(self.cells)
            found = np.asarray(cells.obsm["X_tsne"])
            is_old = program.same_bits(found, maps[1])
            self.assertTrue(is_old or program.same_bits(found, maps[0]), moment)
            self.assertEqual(cells.uns["tsne"]["params"]["seed"], 2 if is_old else 1)
            self.assertTrue(np.array_equal(cells.obsm["X_large"], large), moment)
            self.assertEqual(cells.obs["louvain"].tolist(), formats.labels())
            old += is_old
        self.assertGreater(killed, 5, "most were killed before their end")
        self.assertGreater(old, 5, "and had not put their file into its place")
        self.export("--into", self.cells, "--in-place")
        self.assertTrue(program.same_bits(np.asarray(read(self.cells).obsm["X_tsne"]), maps[0]))
        self.assertEqual([name for name in self.names() if "partial" in name], [], "what was left is used again")


if __name__ == "__main__":
    cases.main()
