"""Rows and columns that are chosen: --rows, --where, --sample, --columns, and how a map of some rows is judged."""
import gzip

import h5py
import numpy as np
import cases
import program

FAST = ["-q", "--iterations", 10, "--perplexity", 5, "--checkpoint", "off"]


class Selection(program.ProgramTest):
    def setUp(self):
        super().setUp()
        self.data = self.digits(300)
        with h5py.File(self.data) as file:
            self.x, self.labels = file["X"][:], file["labels"][:]

    def map(self, *arguments, **how):
        output = self.folder / "map.h5"
        self.embed(*arguments, *FAST, "-o", output, **how)
        return program.map_of(output)

    def expect(self, rows, *options, columns=slice(None)):
        """The map of chosen rows is that of a file that holds only those, whose labels come along."""
        alone = self.write("alone.h5", X=self.x[rows][:, columns], labels=self.labels[rows])
        expected = self.map(alone)
        for ranks in (None, 3):
            self.assertTrue(program.same_bits(self.map(self.data, *options, ranks=ranks), expected), options)
            with h5py.File(self.folder / "map.h5") as file:
                self.assertEqual(file["labels"][:].tolist(), self.labels[rows].tolist())

    def test_ranges_of_rows(self):
        self.expect(np.r_[20:180], "--rows", "20:180")
        self.expect(np.r_[0:30, 250:300], "--rows", ":30,250:")

    def test_rows_by_what_the_file_tells_of_them(self):
        self.expect(np.flatnonzero(np.isin(self.labels, [3, 5])), "--where", "labels=3,5")
        some = (self.labels != 3) & (np.arange(300) < 200)
        self.expect(np.flatnonzero(some), "--where", "labels!=3", "--rows", ":200")

    def test_columns(self):
        self.expect(np.r_[0:300], "--columns", "5,10:40", columns=np.r_[5, 10:40])

    def test_a_sample_is_the_same_in_every_format_on_any_ranks(self):
        table = self.folder / "table.csv.gz"
        with gzip.open(table, "wt") as file:
            file.write(",".join(f"pixel{c}" for c in range(self.x.shape[1])) + "\n")
            file.writelines(",".join(map(str, row)) + "\n" for row in self.x)
        array = self.folder / "array.npy"
        np.save(array, self.x)
        maps = [self.map(source, "--sample", 90, "--columns", "3:60", ranks=ranks)
                for source, ranks in ((self.data, None), (self.data, 4), (table, 2), (array, 3))]
        self.assertEqual(len(maps[0]), 90)
        for other in maps[1:]:
            self.assertTrue(program.same_bits(other, maps[0]))
        named = self.map(table, "--sample", 90, "--columns", ",".join(f"pixel{c}" for c in range(3, 60)))
        self.assertTrue(program.same_bits(named, maps[0]))
        other = self.map(self.data, "--sample", 90, "--seed", 7, "--columns", "3:60")
        self.assertFalse(program.same_bits(other, maps[0]))

    def test_sparse_rows(self):
        import anndata
        import scipy.sparse
        counts = np.where(self.x > 8, self.x, 0).astype("f4")
        cells = self.folder / "cells.h5ad"
        anndata.AnnData(scipy.sparse.csr_matrix(counts)).write(cells)
        rows = anndata.AnnData(scipy.sparse.csr_matrix(counts[40:200][:, 8:56]))
        rows.write(self.folder / "some.h5ad")
        expected = self.map(self.folder / "some.h5ad", "--pca", 20)
        for ranks in (None, 3):
            found = self.map(cells, "--pca", 20, "--rows", "40:200", "--columns", "8:56", ranks=ranks)
            self.assertTrue(program.same_bits(found, expected))

    def test_a_map_of_some_rows_is_judged_by_these(self):
        self.map(self.data, "--sample", 150)
        judged = program.run("evaluate", self.folder / "map.h5", "--json", self.folder / "quality.json")
        self.assertEqual(judged.code, 0, judged.stderr)

    def test_what_cannot_be_chosen(self):
        for options, words in ((["--rows", "5:5"], "--rows 5:5"), (["--rows", "0:301"], "300 rows"),
                               (["--where", "kind=3"], "tells labels"), (["--where", "labels"], "NAME=VALUE"),
                               (["--where", "labels=77"], "no such row"), (["--columns", "64"], "64 columns"),
                               (["--columns", "x"], "neither a column's name"), (["--rows", "0:1"], "one row")):
            for ranks in (None, 3):
                result = program.run("embed", self.data, *FAST, "-o", self.folder / "map.h5", *options, ranks=ranks)
                self.assertEqual(result.code, 2, result.stderr)
                self.assertIn(words, result.errors)


if __name__ == "__main__":
    cases.main()
