"""Files at the edges: names that would overwrite each other, links, names that the result has itself; options of no
effect."""
import fcntl
import os
import shutil
import signal
import subprocess
import threading
import time

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
                                 (["--init-scale", "auto"], "--init-scale has no effect with --init auto"),
                                 (["--type", "f8"], "--type has no effect without --shape"),
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

    def test_one_run_at_a_time_writes_an_output(self):
        data, output = self.digits(300), self.folder / "map.h5"
        command = program.command("embed", data, "-q", "-o", output, "--iterations", 100000000,
                                  "--schedule", "classic", "--max-time", "60s")
        first = subprocess.Popen(command, env=program.environment(1), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                 text=True)
        try:
            lock = self.folder / "map.h5.lock"
            end = time.monotonic() + 30 * program.PATIENCE
            while not (lock.exists() and lock.read_text()):
                self.assertLess(time.monotonic(), end)
                time.sleep(0.01)
            result = program.run("embed", data, *FAST, "-o", output)
            self.assertEqual(result.code, 2, result.stderr)
            self.assertIn(f"is being written by process {first.pid} on ", result.errors)
        finally:
            first.send_signal(signal.SIGKILL)
            first.communicate()
        self.embed(data, *FAST, "-o", output, "--restart")
        self.assertFalse(lock.exists(), "a run that was killed is in nobody's way")

    def test_a_run_that_is_just_ending_is_waited_for(self):
        data, output, lock = self.digits(60), self.folder / "map.h5", self.folder / "map.h5.lock"
        ending = open(lock, "w")
        fcntl.flock(ending, fcntl.LOCK_EX)

        def end():
            lock.unlink()
            ending.close()

        timer = threading.Timer(2, end)
        timer.start()
        try:
            self.embed(data, *FAST, "-o", output)
            self.assertTrue(ending.closed)
        finally:
            timer.join()
        self.assertFalse(lock.exists())

    def test_lzf_of_h5py_is_read_and_other_filters_are_named(self):
        x = np.random.default_rng(4).normal(size=(80, 6)).astype("f4")
        plain, packed, unknown = self.write("plain.h5", X=x), self.folder / "lzf.h5", self.folder / "unknown.h5"
        with h5py.File(packed, "w") as file:
            file.create_dataset("X", data=x, compression="lzf", chunks=(16, 6), shuffle=True)
        maps = []
        for data in (plain, packed):
            self.embed(data, *FAST, "-o", self.folder / "map.h5")
            maps.append(program.map_of(self.folder / "map.h5"))
        self.assertTrue(program.same_bits(*maps))
        with h5py.File(unknown, "w") as file:
            creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
            creation.set_chunk((16, 6))
            creation.set_filter(32015, h5py.h5z.FLAG_OPTIONAL, (3,))  # zstd, which nobody here has
            h5py.h5d.create(file.id, b"X", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple((80, 6)), creation)
            file["X"].id.write_direct_chunk((0, 0), b"nonsense")
        for more in ([], ["--dry-run"]):
            self.refused(unknown, *FAST, "-o", self.folder / "other.h5", *more, words="is compressed by zstd")

    def test_references_stay_where_they_are(self):
        data = self.digits(60)
        with h5py.File(data, "a") as file:
            file.create_dataset("refs", data=[file["X"].ref] * 60, dtype=h5py.ref_dtype)
        self.embed(data, *FAST, "-o", self.folder / "map.h5")
        with h5py.File(self.folder / "map.h5") as file:
            self.assertIn("labels", file)
            self.assertNotIn("refs", file)

    def test_a_graph_of_other_rows_or_another_metric_is_noted(self):
        data, other = self.digits(80), self.folder / "other.h5"
        shutil.copy(data, other)
        graph, output = self.folder / "graph.h5", self.folder / "map.h5"
        self.assertEqual(program.run("neighbors", data, "-q", "-o", graph, "--metric", "cosine", "--k", 20).code, 0)
        options = ["--graph", graph, "-o", output, "--iterations", 3, "--perplexity", 5]
        self.assertNotIn("note", self.embed(data, *options, "--metric", "cosine").stderr.replace("note: the KL", ""))
        self.assertIn("were found by --metric cosine", self.embed(data, *options).stderr)
        self.assertIn("--graph was made of", self.embed(other, *options, "--metric", "cosine").stderr)

    def test_a_graph_for_uniform_affinities_needs_no_distances(self):
        graph = self.write("graph.h5", indices=(np.arange(60)[:, None] + np.arange(1, 16)) % 60)
        result = self.embed("--graph", graph, "-o", self.folder / "map.h5", "--affinity", "uniform", "--iterations", 5,
                            "--rows", ":10")
        self.assertIn("note: --rows has no effect without input\n", result.stderr)
        self.refused("--graph", graph, "-q", "-o", self.folder / "other.h5", words="no dataset '/distances'")

    def test_a_given_map_of_any_size(self):
        data, y = self.digits(300), np.random.default_rng(5).normal(size=(300, 2))
        y[7] = 1e6
        start = self.write("start.h5", Y=y)
        options = ["-o", self.folder / "map.h5", "--perplexity", 10, "--init", start]
        self.assertIn("--init-scale auto", self.embed(data, *options, "--iterations", 3).stderr)
        result = self.embed(data, *options, "--init-scale", "auto")
        self.assertNotIn("note: the map of --init", result.stderr)
        with h5py.File(self.folder / "map.h5") as file:
            self.assertLess(file["history/kl"][-1], 0.5)

    def test_narrow_gaussians_leave_the_nearest_row(self):
        self.embed(self.digits(60), "-q", "-o", self.folder / "map.h5", "--affinity", "sigma", "--sigma", 1e-300,
                   "--iterations", 20)
        self.assertTrue(np.isfinite(program.map_of(self.folder / "map.h5")).all())

    def test_distances_lost_to_rounding_are_counted(self):
        random = np.random.default_rng(6)
        x = random.normal(size=(3000, 4))
        for far, lost in ((0.0, False), (1e7, True)):
            two = x + far * (np.arange(3000) % 2)[:, None]
            result = self.embed(self.write("two.h5", X=two), "-o", self.folder / "map.h5", "--iterations", 2)
            self.assertEqual("float keeps fewer than two digits" in result.stderr, lost, result.stderr)
        counts = random.integers(0, 3, size=(3000, 4)) + 1e6 * (np.arange(3000) % 2)[:, None]
        result = self.embed(self.write("counts.h5", X=counts), "-o", self.folder / "map.h5", "--iterations", 2)
        self.assertNotIn("float keeps", result.stderr)

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
