"""Bad input: its own message, once, exit code 2, nothing left behind, under 1 and 4 ranks, without hanging."""
import concurrent.futures
import os

import h5py
import numpy as np
import cases
import program

RANDOM = np.random.default_rng(0)
ROWS = 40
COLUMNS = 5


def numbers(rows=ROWS, columns=COLUMNS):
    return RANDOM.normal(size=(rows, columns))


def with_value(row, column, value):
    matrix = numbers()
    matrix[row, column] = value
    return matrix


class BadInput(program.ProgramTest):
    def setUp(self):
        super().setUp()
        self.good = self.write("good.h5", X=numbers())
        self.output = self.folder / "map.h5"

    def expect_refused(self, *arguments, says, output=None, also_on=4, foreseen=True):
        """`says`: what the one message holds, in this order. Runs on one rank, and at the same time on `also_on` and
        as a dry run, which reads no values but finds the same where that is enough (`foreseen`)."""
        output = self.output if output is None else output
        perplexity = [] if any("--perplexity" in str(one) for one in arguments) else ["--perplexity", 10]
        before = self.names()

        def run(ranks, more):
            return program.run("embed", "--quiet", *perplexity, *arguments, "-o", output, *more, ranks=ranks)

        runs = [(None, [])] + [(also_on, [])] * bool(also_on) + [(None, ["--dry-run"])] * foreseen
        with concurrent.futures.ThreadPoolExecutor() as pool:
            for (ranks, more), result in zip(runs, pool.map(run, *zip(*runs))):
                with self.subTest(ranks=ranks, more=more, says=says):
                    self.assertEqual(result.code, 2, result.stderr)
                    self.assertEqual(result.stdout, "")
                    self.expect_one_message(result, says)
        self.assertEqual(self.names(), before)

    def expect_one_message(self, result, says):
        lines = result.errors.splitlines()
        self.assertTrue(lines, "no message")
        self.assertRegex(lines[0], "^distsne: ")
        self.assertIn(lines[1:], ([], ["Try 'distsne embed --help'."]))
        place = 0
        for text in map(str, says):
            found = lines[0].find(text, place)
            self.assertGreaterEqual(found, 0, f"'{text}' is not in its place in: {lines[0]}")
            place = found + len(text)
        self.assertNotIn("MPI_ABORT", result.stderr)
        self.assertNotIn("rank", lines[0].split("'")[0], "an error of one rank only")

    def test_files(self):
        missing = self.folder / "missing.h5"
        self.expect_refused(missing, says=["cannot read", missing, "No such file or directory"])
        self.expect_refused(self.folder, says=["cannot read", self.folder, "it is a directory"])
        text = self.folder / "text.csv"
        text.write_text("neither rows\nnor numbers\n")
        self.expect_refused(text, says=[text, "a text without columns of numbers", "not an HDF5 file"])
        empty = self.folder / "empty.h5"
        empty.touch()
        self.expect_refused(empty, says=[empty, "is an empty file"])
        truncated = self.folder / "truncated.h5"
        truncated.write_bytes(self.good.read_bytes()[:-500])
        self.expect_refused(truncated, says=[truncated, "truncated or damaged"])

    def test_datasets(self):
        self.expect_refused(self.good, "--dataset", "Y", says=[self.good, "no dataset 'Y'", "/X"])
        several = self.write("several.h5", a=numbers(), b=numbers())
        self.expect_refused(several, says=[several, "several 2-D datasets", "/a, /b", "--dataset"])
        vector = self.write("vector.h5", X=np.zeros(ROWS))
        self.expect_refused(vector, says=[vector, "/X", "1-D", "2-D dataset is wanted"])
        cube = self.write("cube.h5", X=np.zeros((ROWS, 2, 2)))
        self.expect_refused(cube, says=[cube, "/X", "3-D", "2-D dataset is wanted"])
        fixed = self.write("fixed.h5", X=np.full((ROWS, 2), b"text"))
        self.expect_refused(fixed, says=[fixed, "/X", "holds strings", "integers or floats"])
        self.expect_refused(fixed, "--dataset", "X", says=[fixed, "/X", "holds strings"], also_on=None)
        variable = self.folder / "variable.h5"
        with h5py.File(variable, "w") as file:
            file.create_dataset("X", data=[["a", "b"]] * ROWS, dtype=h5py.string_dtype())
        self.expect_refused(variable, says=[variable, "/X", "holds strings", "integers or floats"])
        flags = self.write("flags.h5", X=np.ones((ROWS, 2), dtype=h5py.enum_dtype({"a": 1, "b": 2}, "u1")))
        self.expect_refused(flags, says=[flags, "/X", "enumerations", "integers or floats"])
        claims = self.folder / "claims.h5"
        with h5py.File(claims, "w") as file:
            file.create_dataset("X", shape=(2**40, 2**20), chunks=(16, 16))
        self.expect_refused(claims, says=[claims, "/X", "never written"])
        nothing = self.write("nothing.h5")
        self.expect_refused(nothing, says=[nothing, "no datasets at all"])

    def test_sizes(self):
        for rows, columns, complaint in ((0, 5, "no rows"), (1, 5, "at least 2 rows"), (5, 0, "no columns")):
            path = self.write(f"size_{rows}_{columns}.h5", X=np.zeros((rows, columns)))
            self.expect_refused(path, says=[path, "/X", f"{rows} x {columns}", complaint])

    def test_values_that_are_not_finite(self):
        last = ROWS - 1
        for row, column, value, name in ((0, 4, np.nan, "NaN"), (last, 2, np.nan, "NaN"), (23, 0, -np.inf, "infinite")):
            path = self.write(f"row_{row}.h5", X=with_value(row, column, value))
            self.expect_refused(path, says=[path, "/X", f"row {row}, column {column}", name, "remove or replace"],
                                foreseen=False)
        large = self.write("large.h5", X=with_value(31, 1, 1e300))
        self.expect_refused(large, says=[large, "row 31, column 1", "too large for --precision float"], foreseen=False)

    def test_perplexity(self):
        for perplexity in (ROWS, 39.5):
            self.expect_refused(self.good, "--perplexity", perplexity,
                                says=["--perplexity", f"{ROWS} rows", f"the largest that fits is {ROWS - 1}"])
        for perplexity in (0, 0.5, -3, "nan", "inf", "many"):
            self.expect_refused(self.good, f"--perplexity={perplexity}", also_on=None,
                                says=["--perplexity", perplexity])

    def test_initial_map(self):
        for shape in ((ROWS, 3), (ROWS - 1, 2), (2, ROWS)):
            path = self.write("init.h5", Y=np.zeros(shape))
            self.expect_refused(self.good, "--init", path, says=[
                "--init", path, "/Y", f"{shape[0]} x {shape[1]}", f"{ROWS} rows in 2 dimensions", f"{ROWS} x 2"])
        path = self.write("init.h5", Y=np.zeros((ROWS, 2)))
        self.expect_refused(self.good, "--init", path, "--dims", 3, says=["--init", path, f"{ROWS} x 3"], also_on=None)
        self.expect_refused(self.good, "--init", f"{path}:Z", says=[path, "no dataset 'Z'", "/Y"], also_on=None)
        self.expect_refused(self.good, "--init", "pac",
                            says=["--init", "'pac'", "none of auto, pca, random, spectral and multilevel, nor a file"])
        path = self.write("init.h5", Y=np.full((ROWS, 2), np.nan))
        self.expect_refused(self.good, "--init", path, says=[path, "/Y", "row 0, column 0", "NaN"], also_on=None,
                            foreseen=False)
        path = self.write("init.h5", Y=np.zeros((ROWS, 2)), Z=np.zeros((ROWS, 2)))
        self.expect_refused(self.good, "--init", path, says=[path, "/Y, /Z", "--init FILE:DATASET"], also_on=None)
        self.expect_refused(self.good, "--init", self.folder / "text", also_on=None,
                            says=["--init", "nor a file that exists"])

    def test_output(self):
        def refuse(output, *says):
            self.expect_refused(self.good, says=["cannot write", f"'{output}'", *says], output=output)

        refuse(self.folder / "no/such/map.h5", self.folder / "no/such", "does not exist")
        refuse(self.good / "map.h5", self.good, "is not a directory")
        refuse(self.folder, "it is a directory")
        refuse("/proc/map.h5", "choose a directory that you may write to")
        refuse("", "its name is empty")
        refuse(self.good, "it is the input")
        soft = self.folder / "soft.h5"
        soft.symlink_to(self.good)
        refuse(soft, "it is the input")
        hard = self.folder / "hard.h5"
        hard.hardlink_to(self.good)
        refuse(hard, "it is the input")
        with h5py.File(self.good) as file:
            self.assertEqual(file["X"].shape, (ROWS, COLUMNS))

    def test_output_where_one_may_not_write(self):
        if os.geteuid() == 0:
            self.skipTest("root may write everywhere")
        closed = self.folder / "closed"
        closed.mkdir(mode=0o555)
        self.expect_refused(self.good, says=["cannot write", "Permission denied"], output=closed / "map.h5")

    def test_options(self):
        self.expect_refused(self.good, "--perplexty", 5, says=["unknown option '--perplexty'"])
        self.expect_refused(self.good, "-x", says=["unknown option '-x'"], also_on=None)
        self.expect_refused(self.good, "more.h5", says=["unexpected argument 'more.h5'"], also_on=None)
        for option, value in (
            ("--method", "umap"), ("--dims", 4), ("--dims", 0), ("--iterations", -1), ("--iterations", "1.5"),
            ("--exaggeration-iterations", "x"), ("--early-exaggeration", 0), ("--learning-rate", "fast"),
            ("--early-momentum", 1), ("--momentum", -0.1), ("--optimizer", "adam"), ("--tail", 0), ("--seed", -1),
            ("--seed", 1.5), ("--precision", "half"), ("--threads", 0), ("--threads", "all"), ("--measure-every", 0),
            ("--threads", "0x2"), ("--pca", "0x10"), ("--k", "true"), ("--k", "010x"),
        ):
            self.expect_refused(self.good, f"{option}={value}", says=[option, value], also_on=None)
        self.expect_refused(self.good, "--verbose", says=["--quiet excludes --verbose"], also_on=None)
        self.expect_refused(self.good, "--dims=1", "--dims=2", says=["--dims is given more than once"], also_on=None)

    def test_config_files(self):
        config = self.folder / "run.conf"
        self.expect_refused(self.good, "--config", config, says=["--config", config, "cannot be read"])
        for text, *says in (
            ("methud = sne", "--config", "unknown option 'methud'"),
            ("method = umap", "--method", "umap"),
            ("dims = 2\n[embed]", "--config", "line 2", "[embed]", "NAME=VALUE is wanted"),
            ('init = "pca', "--config", "line 1", "closing quote"),
            ("\ndataset = my data", "--config", "line 2", "use quotes"),
            ("dims = 2\ndims = 3", "--config", "line 2", "earlier line"),
            ("quiet = true", "--config", "quiet"),
        ):
            config.write_text(text)
            self.expect_refused(self.good, "--config", config, says=says, also_on=None)

    def test_missing_arguments(self):
        for arguments, says in ((["embed", "-o", self.output], "input, or --graph FILE, is required"),
                                (["embed", self.good], "--output is required"),
                                ([], "no command given"), (["map"], "unknown command 'map'")):
            for ranks in (None, 4):
                result = program.run(*arguments, ranks=ranks)
                self.assertEqual(result.code, 2)
                self.assertEqual(result.errors.count(says), 1, result.stderr)

    def test_error_follows_the_first_line_of_a_run_that_is_not_quiet(self):
        path = self.write("nan.h5", X=with_value(ROWS - 1, 0, np.nan))
        result = program.run("embed", path, "--perplexity", 5, "-o", self.output, ranks=4)
        self.assertEqual(result.code, 2)
        self.assertRegex(result.errors, r"\Adistsne [^\n]*\ndistsne: [^\n]*NaN[^\n]*\n\Z")

    def test_existing_output_survives_bad_input(self):
        self.output.write_bytes(b"an older result")
        self.expect_refused(self.write("nan.h5", X=with_value(7, 1, np.nan)), says=["row 7, column 1"],
                            foreseen=False)
        self.expect_refused(self.good, "--perplexity", 100, says=["--perplexity"])
        self.assertEqual(self.output.read_bytes(), b"an older result")


if __name__ == "__main__":
    cases.main()
