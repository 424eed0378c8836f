"""Files at the edges: names that would overwrite each other, links, names that the result has itself; options of no
effect."""
import os

import h5py
import numpy as np
import cases
import program

FAST = ["-q", "--iterations", 5, "--perplexity", 5]


class Edges(program.ProgramTest):
    def refused(self, *arguments, words):
        before = self.names()
        result = program.run("embed", *arguments)
        self.assertEqual(result.code, 2, result.stderr)
        self.assertIn(words, result.errors)
        self.assertEqual(self.names(), before)

    def test_files_that_would_overwrite_each_other(self):
        data, output, other = self.digits(60), self.folder / "map.h5", self.folder / "other"
        for arguments in (["--checkpoint", output], ["--checkpoint", self.folder / "./map.h5"], ["--log-json", output],
                          ["--log-json", other, "--checkpoint", other], ["--log-json", data]):
            with self.subTest(arguments):
                self.refused(data, *FAST, "-o", output, *arguments, words="")
        self.refused(data, *FAST, "-o", output, "--checkpoint", output, words="is to be the checkpoint")

    def test_a_link_stays_a_link_to_the_map(self):
        data, output, target = self.digits(60), self.folder / "link.h5", self.folder / "deep" / "map.h5"
        target.parent.mkdir()
        for before in (False, True):
            if before:
                target.write_bytes(b"old")
            output.unlink(missing_ok=True)
            output.symlink_to(os.path.relpath(target, output.parent))
            self.embed(data, *FAST, "-o", output, ranks=2)
            self.assertTrue(output.is_symlink())
            self.assertEqual(program.map_of(target).shape, (60, 2))
            self.assertEqual(self.names(), ["deep", "deep/map.h5", "digits_60.h5", "link.h5"])
            target.unlink()

    def test_names_of_the_result_itself(self):
        columns = {name: np.arange(50) + index for index, name in
                   enumerate(("embedding", "history", "timings", "pca", "input_pca", "labels"))}
        data = self.write("data.h5", X=np.random.default_rng(1).normal(size=(50, 4)), **columns)
        output = self.folder / "map.h5"
        self.embed(data, "--dataset", "X", *FAST, "-o", output)
        with h5py.File(output) as file:
            self.assertEqual(file["embedding"].shape, (50, 2))
            for name, kept in (("embedding", "input_embedding"), ("history", "input_history"), ("labels", "labels"),
                               ("timings", "input_timings"), ("pca", "input_input_pca"), ("input_pca", "input_pca")):
                np.testing.assert_array_equal(file[kept][:], columns[name])

    def test_truth_values(self):
        x = np.random.default_rng(1).random((80, 6)) < 0.5
        maps = []
        for name, values in (("booleans.h5", x), ("numbers.h5", x.astype("u1"))):
            self.embed(self.write(name, X=values), *FAST, "-o", self.folder / "map.h5")
            maps.append(program.map_of(self.folder / "map.h5"))
        self.assertTrue(program.same_bits(*maps))

    def test_options_of_no_effect(self):
        data, output = self.digits(60), self.folder / "map.h5"
        for arguments, words in ((["--k", 10, "--neighbors", "all"], "--k has no effect with --neighbors all"),
                                 (["--sigma", 2], "--sigma has no effect with --affinity perplexity"),
                                 (["--affinity", "uniform"], "--perplexity has no effect with --affinity uniform")):
            with self.subTest(arguments):
                result = self.embed(data, "-o", output, "--perplexity", 5, "--iterations", 5, *arguments)
                self.assertIn(f"note: {words}\n", result.stderr)
        self.refused(data, *FAST, "-o", output, "--tail", 1e7, words="--method ssne")

    def test_numbers_as_people_write_them(self):
        data, output = self.digits(60), self.folder / "map.h5"
        self.embed(data, "-q", "-o", output, "--perplexity", 5, "--iterations", "1e1", "--seed", "1e3")
        with h5py.File(output) as file:
            self.assertEqual((file.attrs["iterations"], file.attrs["seed"]), (10, 1000))
        self.refused(data, "-o", output, "--iterations", "1.5", words="a number from 0")

    def test_words(self):
        same = self.write("same.h5", X=np.ones((40, 3)))
        result = self.embed(same, "-o", self.folder / "map.h5", "--iterations", 20, "--perplexity", 5)
        self.assertNotIn("-0.0000", result.stderr)
        result = self.embed(self.digits(60), "-o", self.folder / "map.h5", "--iterations", 20, "--perplexity", 5,
                            "--method", "sne")
        self.assertRegex(result.stderr, r"KL \d+\.\d{4}, \d\.\d{4} a row")
        self.assertNotIn("AVX3", result.stderr)


if __name__ == "__main__":
    cases.main()
