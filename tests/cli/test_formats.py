"""Files of other programs: the rows that are meant, whatever the file, and what it tells about them."""
import gzip
import warnings

import cases
import formats
import h5py
import numpy as np
import pandas
import program
import scipy.io
import scipy.sparse

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import anndata

USUAL = ["--perplexity", 8, "--iterations", 40, "--exaggeration-iterations", 20, "--checkpoint", "off"]


class Formats(program.ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.counts = formats.matrix()
        cls.maps = {}

    def map_file(self, path, *arguments, ranks=None):
        output = self.folder / f"{len(self.names())}.map.h5"
        usual = [] if "--iterations" in arguments else USUAL
        self.log = self.embed(path, "-o", output, *usual, *arguments, ranks=ranks).stderr
        return output

    def expected(self, values):
        """The map of the same values in a plain HDF5 file; many cases have the same values."""
        key = (values.dtype, values.shape, values.tobytes())
        if key not in self.maps:
            log = self.log
            self.maps[key] = program.map_of(self.map_file(self.write(f"plain{len(self.names())}.h5", X=values)))
            self.log = log
        return self.maps[key]

    def expect_map(self, path, *arguments, values=None, ranks=3):
        output = self.map_file(path, *arguments, ranks=ranks)
        expected = self.expected(self.counts if values is None else values)
        self.assertTrue(program.same_bits(program.map_of(output), expected), f"another map of {path}")
        return output

    def words(self, output, name):
        with h5py.File(output) as file:
            return file[name].asstr()[:].tolist()

    def test_whole_numbers_far_from_the_origin_keep_their_last_digit(self):
        """Such as times in nanoseconds: more digits than doubles have, in every format that has integers."""
        values = np.round(10 * self.counts).astype("i8") + np.arange(formats.ROWS)[:, None] % 7 + 10 ** 18
        paths = [self.folder / f"far.{end}" for end in ("npy", "npz", "bin", "mat", "csv", "csv.gz")]
        np.save(paths[0], values)
        np.savez(paths[1], values)
        values.tofile(paths[2])
        scipy.io.savemat(paths[3], {"X": values})
        lines = [[f"c{c}" for c in range(values.shape[1])], *values]
        text = "\n".join(",".join(map(str, line)) for line in lines)
        paths[4].write_text(text + "\n")
        paths[5].write_bytes(gzip.compress(text.encode()))
        shape = ["--shape", f"{values.shape[0]},{values.shape[1]}", "--type", "i8"]
        for path in paths:
            with self.subTest(path.name):
                self.expect_map(path, *(shape if path.suffix == ".bin" else []), values=values)
        fraction = self.folder / "fraction.csv"
        fraction.write_text(text.replace(str(values[3, 0]), "0.5", 1) + "\n")
        self.map_file(fraction)
        self.assertIn("have more digits than the 16 that are kept", self.log)
        late = self.folder / "late.csv"
        late.write_text(text + ("\n" + text.split("\n")[1]) * 400 + "\n" + "0.5," * (values.shape[1] - 1) + "0.5\n")
        for ranks in (None, 3):
            result = program.run("embed", late, "-o", self.folder / "map.h5", ranks=ranks)
            self.assertEqual(result.code, 2)
            self.assertIn("is '0.5', where others have whole numbers", result.errors)

    def make_anndata(self, x=None, **parts):
        obs = pandas.DataFrame({"louvain": pandas.Categorical(formats.labels(), ["T cells", "NK", "B cells"]),
                                "age": np.arange(formats.ROWS), "sick": np.arange(formats.ROWS) % 2 == 0},
                               index=formats.names("cell", formats.ROWS))
        var = pandas.DataFrame(index=formats.names("gene", formats.COLUMNS))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            cells = anndata.AnnData(self.counts if x is None else x, obs, var, dtype=np.float32, **parts)
            cells.uns["louvain_colors"] = np.array(["#ff0000", "#00ff00", "#0000ff"])
            path = self.folder / f"cells{len(self.names())}.h5ad"
            cells.write_h5ad(path)
        return path

    def test_anndata_takes_x_and_not_its_umap(self):
        umap = np.random.default_rng(1).normal(size=(formats.ROWS, 2))
        for x in (scipy.sparse.csr_matrix(self.counts), scipy.sparse.csc_matrix(self.counts), self.counts):
            with self.subTest(x=type(x)):
                path = self.make_anndata(x, obsm={"X_umap": umap})
                output = self.expect_map(path)
                self.assertIn("X of ", self.log)
        self.assertEqual(self.words(output, "row_names")[:2], ["cell0", "cell1"])
        self.assertEqual(self.words(output, "louvain"), formats.labels())
        self.assertEqual(self.words(output, "sick")[:2], ["True", "False"])
        with h5py.File(output) as file:
            self.assertEqual(file["age"][:].tolist(), list(range(formats.ROWS)))
            attributes = file["louvain"].attrs
            self.assertEqual([word.decode() for word in attributes["categories"]], ["T cells", "NK", "B cells"])
            self.assertEqual([word.decode() for word in attributes["colors"]], ["#ff0000", "#00ff00", "#0000ff"])
        self.expect_map(path, "--dataset", "obsm/X_umap", values=umap)

    def test_anndata_prefers_principal_components(self):
        components = np.random.default_rng(2).normal(size=(formats.ROWS, 10))
        path = self.make_anndata(obsm={"X_pca": components}, layers={"raw_counts": self.counts + 1})
        self.expect_map(path, values=components)
        self.assertRegex(self.log, "rows: obsm/X_pca of .*, which has X, layers/raw_counts too")
        self.expect_map(path, "--dataset", "layers/raw_counts", values=self.counts + 1)
        result = program.run("embed", path, "-o", self.folder / "m.h5", "--dataset", "nothing")
        self.assertEqual(result.code, 2)
        self.assertIn("choose one of X, layers/raw_counts, obsm/X_pca with --dataset", result.errors)

    def test_old_anndata(self):
        path = self.folder / "old.h5ad"
        formats.old_anndata(path, self.counts)
        output = self.expect_map(path)
        self.assertEqual(self.words(output, "louvain"), formats.labels())
        self.assertEqual(self.words(output, "row_names")[-1], f"cell{formats.ROWS - 1}")

    def test_cells_by_columns(self):
        for make, name in ((formats.tenx, "AAAC-1"), (formats.loom, "cell1"), (formats.cytolib, None)):
            with self.subTest(make=make.__name__):
                path = self.folder / f"{make.__name__}.h5"
                make(path, self.counts)
                output = self.expect_map(path)
                if name:
                    self.assertEqual(self.words(output, "row_names")[1], name)
        formats.tenx(path, self.counts, version=2)
        self.expect_map(path)
        self.assertIn("note: counts of cells are usually embedded with --normalize 1e4 --log1p", self.log)
        self.map_file(path, "--log1p")
        self.assertNotIn("usually", self.log)

    def test_matlab(self):
        path = self.folder / "rows.mat"
        formats.matlab(path, self.counts)
        output = self.expect_map(path)
        self.assertEqual(self.words(output, "labels"), formats.labels())
        with h5py.File(output) as file:
            self.assertEqual(file["age"][:].tolist(), list(range(formats.ROWS)))

    def test_matlab5(self):
        path = self.folder / "rows.mat"
        for values in (self.counts, scipy.sparse.csr_matrix(self.counts)):
            for packed in (False, True):
                formats.matlab5(path, values, do_compression=packed)
                for ranks in (None, 3):
                    output = self.expect_map(path, ranks=ranks)
                self.assertEqual(self.words(output, "labels"), formats.labels())
                self.assertEqual(self.words(output, "names"), formats.names("cell", formats.ROWS))
                with h5py.File(output) as file:
                    self.assertEqual(file["age"][:].tolist(), list(range(formats.ROWS)))
                    self.assertEqual(file["sick"][:].tolist(), [1, 0] * (formats.ROWS // 2))
                    self.assertNotIn("title", file)
        formats.matlab5_big_endian(path, self.counts)
        self.expect_map(path)
        self.expect_map(path, "--transpose", values=self.counts.T.copy())
        scipy.io.savemat(path, {"data": {"X": self.counts, "y": np.arange(formats.ROWS)}, "other": self.counts * 2})
        self.expect_refused(path, "several matrices: choose one of data.X, other")
        with h5py.File(self.expect_map(path, "--dataset", "data.X")) as file:
            self.assertEqual(file["y"][:].tolist(), list(range(formats.ROWS)))
        self.expect_refused(path, "without a matrix 'X'", arguments=["--dataset", "X"])
        scipy.io.savemat(path, {"X": self.counts + 1j})
        self.expect_refused(path, "without a matrix of numbers")

    def test_damaged_matlab5(self):
        path = self.folder / "rows.mat"
        random = np.random.default_rng(3)
        for packed in (False, True):
            formats.matlab5(path, self.counts, do_compression=packed)
            whole = path.read_bytes()
            path.write_bytes(whole[:len(whole) // 4])
            self.expect_refused(path, "truncated or damaged")
            for _ in range(6):
                at = int(random.integers(128, 128 + len(whole) // 8))
                path.write_bytes(whole[:at] + random.bytes(16) + whole[at + 16:])
                result = program.run("embed", path, "-o", self.folder / "no.h5", *USUAL, "--quiet")
                self.assertIn(result.code, (0, 2), result.stderr)
                self.assertLessEqual(len(result.errors.splitlines()), 1, result.errors)
        formats.matlab5(path, scipy.sparse.csr_matrix(self.counts))
        whole = path.read_bytes()
        rows = scipy.sparse.csc_matrix(self.counts).indices.astype("<i4").tobytes()
        at = whole.index(rows)
        path.write_bytes(whole[:at] + np.int32(-7).tobytes() + whole[at + 4:])
        self.expect_refused(path, "an index is -7")

    def test_lies_of_sparse_matrices(self):
        lies = (("indptr", lambda v: v[::-1], "'indptr' leads out"), ("indices", lambda v: v - 5, "an index is -"),
                ("indices", lambda v: v + 10, "an index is "), ("data", lambda v: v[:-1], "values and"),
                ("indptr", lambda v: v[:-1], "fit its shape"), ("data", lambda v: v * np.nan, "NaN"))
        for part, change, says in lies:
            with self.subTest(part=part, says=says):
                path = self.make_anndata(scipy.sparse.csr_matrix(self.counts))
                with h5py.File(path, "r+") as file:
                    values = change(file[f"X/{part}"][:])
                    del file[f"X/{part}"]
                    file[f"X/{part}"] = values
                for ranks in (None, 3):
                    result = program.run("embed", path, "-o", self.folder / "no.h5", *USUAL, "--quiet", ranks=ranks)
                    self.assertEqual(result.code, 2, result.stderr)
                    self.assertEqual(len(result.errors.splitlines()), 1, result.errors)
                    self.assertIn(says, result.errors)

    def test_numpy(self):
        path = self.folder / "rows.npy"
        for kind in ("<f4", ">f8", "<f2", "<i4", ">u2", "|u1"):
            for order in "CF":
                with self.subTest(kind=kind, order=order):
                    np.save(path, np.asarray(self.counts.astype(kind), order=order))
                    self.expect_map(path, ranks=2)
        np.save(path, self.counts > 1)
        self.expect_map(path, values=(self.counts > 1).astype(float))
        archive = self.folder / "rows.npz"
        np.savez_compressed(archive, X=self.counts, labels=np.array(formats.labels()), age=np.arange(formats.ROWS))
        output = self.expect_map(archive)
        self.assertEqual(self.words(output, "labels"), formats.labels())
        for convert in (scipy.sparse.csr_matrix, scipy.sparse.csc_matrix):
            scipy.sparse.save_npz(archive, convert(self.counts))
            self.expect_map(archive)

    def test_tables(self):
        frame = pandas.DataFrame(self.counts + 0.25, index=formats.names("cell", formats.ROWS),
                                 columns=formats.names("gene", formats.COLUMNS))
        frame["kind"] = formats.labels()
        for name, options in (("a.csv", {}), ("a.tsv", {"sep": "\t"}), ("a.csv.gz", {}),
                              ("b.csv", {"sep": ";", "decimal": ","}), ("c.csv", {"quoting": 2})):
            with self.subTest(name=name):
                path = self.folder / name
                frame.to_csv(path, **options)
                output = self.expect_map(path, values=self.counts + 0.25)
                self.assertEqual(self.words(output, "kind"), formats.labels())
                self.assertEqual(self.words(output, "row_names")[5], "cell5")
                self.assertIn("with a heading; rows are named by", self.log)
        np.savetxt(path, self.counts)
        self.expect_map(path)
        frame.insert(0, "number", np.arange(formats.ROWS) * 1000)
        frame.to_csv(path)
        self.map_file(path)
        self.assertIn("'number' varies more than 100 times as much as all others", self.log)
        long = pandas.DataFrame({"gene": formats.labels(), "cell": formats.names("cell", formats.ROWS),
                                 "count": self.counts[:, 0]})
        path = self.folder / "long.tsv"
        long.to_csv(path, sep="\t", index=False)
        self.assertIn("pivot(index='cell', columns='gene', values='count')", program.run("info", path).stdout)

    def test_tables_of_long_lines(self):
        """Lines longer than what is looked at first, and than what is read at a time; the last one has no end."""
        columns = 2_200_000
        path = self.folder / "wide.csv"
        path.write_text("\n".join(",".join([digit] * columns) for digit in "123"))
        self.assertIn(f"3 rows x {columns} columns", program.run("info", path).stdout)

    def test_matrix_market(self):
        folder = self.folder / "filtered"
        folder.mkdir()
        path = folder / "matrix.mtx"
        scipy.io.mmwrite(path, scipy.sparse.coo_matrix(self.counts))
        self.expect_map(path)
        scipy.io.mmwrite(path, scipy.sparse.coo_matrix(self.counts.T))
        self.expect_map(path, "--transpose")
        scipy.io.mmwrite(path, scipy.sparse.coo_matrix(self.counts.T), comment='metadata_json: {"format_version": 2}')
        self.expect_map(path)
        scipy.io.mmwrite(path, scipy.sparse.coo_matrix(self.counts.T))
        (folder / "barcodes.tsv").write_text("".join(f"{name}\n" for name in formats.names("AAAC-", formats.ROWS)))
        output = self.expect_map(path)
        self.assertEqual(self.words(output, "row_names")[1], "AAAC-1")

    def test_flow_cytometry_and_plain_numbers(self):
        path = self.folder / "events.fcs"
        for kind in "FDI":
            with self.subTest(kind=kind):
                formats.flow_cytometry(path, self.counts, kind)
                self.expect_map(path)
        formats.flow_cytometry(path, self.counts, "F", times=1e5 * np.arange(formats.ROWS))
        self.expect_map(path)
        self.assertIn("left out: Time", program.run("info", path).stdout)
        self.assertIn("usually embedded with --arcsinh 150", program.run("info", path).stdout)
        self.expect_map(path, "--columns", "0:5,Time", values=np.column_stack(
            [self.counts[:, :5], 1e5 * np.arange(formats.ROWS)]))
        path = self.folder / "rows.fvecs"
        widths = np.full((formats.ROWS, 1), formats.COLUMNS, dtype="<i4").view("<f4")
        np.hstack([widths, self.counts]).astype("<f4").tofile(path)
        self.expect_map(path)
        path = self.folder / "rows.bin"
        self.counts.astype(">f8").tofile(path)
        self.expect_map(path, "--shape", f"{formats.ROWS},{formats.COLUMNS}", "--type", ">f8")

    def test_sparse_rows_are_reduced_as_dense_ones(self):
        sparse = self.make_anndata(scipy.sparse.csr_matrix(self.counts))
        dense = self.write("dense.h5", X=self.counts)
        steps = ["--pca", 5, "--normalize", "1e4", "--log1p", "--iterations", 0, "--init", "pca",
                 "--perplexity", 8, "--exaggeration-iterations", 0]
        for more in ([], ["--scale"], ["--metric", "cosine"]):
            with self.subTest(more=more):
                maps = [program.map_of(self.map_file(sparse, *steps, *more, ranks=ranks)) for ranks in (None, 3)]
                self.assertTrue(program.same_bits(*maps))
                np.testing.assert_allclose(maps[0], program.map_of(self.map_file(dense, *steps, *more)), rtol=1e-3,
                                           atol=1e-3 * np.abs(maps[0]).max())

    def expect_refused(self, path, *says, arguments=()):
        for ranks in (None, 3):
            result = program.run("embed", path, "-o", self.folder / "no.h5", *USUAL, "--quiet", *arguments,
                                 ranks=ranks)
            self.assertEqual(result.code, 2, result.stderr)
            self.assertEqual(len(result.errors.splitlines()), 1, result.errors)
            for text in says:
                self.assertIn(text, result.errors)

    def test_damaged_files(self):
        path = self.folder / "rows.npy"
        np.save(path, self.counts)
        path.write_bytes(path.read_bytes()[:-1])
        self.expect_refused(path, "truncated")
        frame = pandas.DataFrame(self.counts, index=formats.names("cell", formats.ROWS)).add_prefix("gene")
        frame.loc["cell7", "gene3"] = np.nan
        path = self.folder / "rows.csv"
        frame.to_csv(path)
        self.expect_refused(path, "row 7 ('cell7')", "column 'gene3' has no value")
        path.write_text("a,b,c\n" + "1,2,3\n" * 50 + "1,2\n")
        self.expect_refused(path, "row 50 has 2 fields, and others have 3")
        path.write_text("a,b,c\n" + "1,2,3\n" * 400 + "1,two,3\n")
        self.expect_refused(path, "row 400 (counted from 0), column 'b' is 'two'")
        packed = self.folder / "rows.csv.gz"
        pandas.DataFrame(np.random.default_rng(0).normal(size=(400, 30))).to_csv(packed)
        packed.write_bytes(packed.read_bytes()[:-5000])
        self.expect_refused(packed, "truncated or damaged")
        path = self.folder / "m.mtx"
        for entry, says in (("0 1 1", "entry 1 is '0 1 1'"), ("1 99 1", "entry 1 is '1 99 1'"),
                            ("", "0 entries where")):
            path.write_text(f"%%MatrixMarket matrix coordinate real general\n60 20 1\n{entry}\n")
            self.expect_refused(path, says)
        path = self.folder / "events.fcs"
        formats.flow_cytometry(path, self.counts, "F")
        path.write_bytes(path.read_bytes()[:-1])
        self.expect_refused(path, "truncated")

    def test_files_that_are_not_taken_get_a_recipe(self):
        for start, says in ((b"PAR1\0\0", ("a Parquet file", "read_parquet")),
                            (b"\x80\x04\x95", ("pickle", "numpy.save")),
                            (b"ARROW1", ("Feather",)),
                            (b"X\n\0\0\0\x03", ("R object", "write.csv")), (b"\x89PNG", ("picture",))):
            path = self.folder / "x"
            path.write_bytes(start + bytes(range(256)))
            self.expect_refused(path, *says)
        zarr = self.folder / "cells.zarr"
        zarr.mkdir()
        (zarr / ".zgroup").write_text("{}")
        self.expect_refused(zarr, "a Zarr store", "read_zarr")

    def test_info(self):
        result = program.run("info", self.make_anndata(scipy.sparse.csr_matrix(self.counts)))
        self.assertEqual(result.code, 0, result.stderr)
        for text in ("AnnData", "embed takes /X: 60 rows x 20 columns (sparse)", "columns: gene0, gene1",
                     "3 different words, with colors: T cells, NK, B cells", "numbers from 0 to 59"):
            self.assertIn(text, result.stdout)


if __name__ == "__main__":
    cases.main()
