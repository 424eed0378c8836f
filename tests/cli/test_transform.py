"""distsne transform: each row's place is its own, labels and novelty, and what cannot be placed."""
import pathlib
import shutil
import tempfile

import h5py
import numpy as np

import cases
import kills
import program


def accuracy(points, labels, reference, reference_labels, own=False):
    """10-NN label accuracy of points among those of a map, or of these themselves."""
    distance = ((points[:, None].astype(float) - reference[None]) ** 2).sum(-1)
    if own:
        np.fill_diagonal(distance, np.inf)
    near = distance.argsort(axis=1)[:, :10]
    return np.mean([np.bincount(reference_labels[one]).argmax() for one in near] == labels)


class Transform(program.ProgramTest):
    @classmethod
    def setUpClass(cls):
        """A map of three quarters of the digits, in no order."""
        folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="distsne-test-")))
        with h5py.File(program.DIGITS) as file:
            cls.rows, cls.labels = file["X"][:].astype(float), file["labels"][:]
        if program.SANITIZED:
            cls.rows, cls.labels = cls.rows[:500], cls.labels[:500]
        order = np.random.RandomState(0).permutation(len(cls.rows))
        cut = len(cls.rows) * 3 // 4
        cls.old, cls.new = order[:cut], order[cut:]
        cls.reference, cls.whole = folder / "reference.h5", folder / "map.h5"
        with h5py.File(cls.reference, "w") as file:
            file["X"], file["labels"] = cls.rows[cls.old], cls.labels[cls.old]
        result = program.run("embed", cls.reference, "-o", cls.whole, "--iterations", program.fewer(300, 60))
        if result.code != 0:
            raise AssertionError(result.stderr)

    def setUp(self):
        super().setUp()
        self.map = self.folder / "map.h5"
        shutil.copyfile(self.whole, self.map)

    def transform(self, rows, *arguments, ranks=None):
        path, out = self.write("new.h5", X=rows, id=np.arange(len(rows))), self.folder / "placed.h5"
        result = program.run("transform", self.map, path, "-o", out, *arguments, ranks=ranks)
        self.assertEqual(result.code, 0, result.stderr)
        with h5py.File(out) as file:
            return {name: values[()] for name, values in file.items()}

    def fails(self, code, words, *arguments, ranks=None):
        result = program.run(*arguments, ranks=ranks)
        self.assertEqual(result.code, code, result.stderr)
        self.assertIn(words, result.errors)

    def test_a_place_depends_on_its_row_alone(self):
        rows = self.rows[self.new]
        whole = self.transform(rows)
        for ranks in (2, 3, 4, 7):
            again = self.transform(rows, ranks=ranks)
            for name in ("embedding", "novelty", "labels", "label_share", "id"):
                self.assertTrue(program.same_bits(again[name], whole[name]), (ranks, name))
        shuffle = np.random.RandomState(1).permutation(len(rows))
        self.assertTrue(program.same_bits(self.transform(rows[shuffle], ranks=2)["embedding"],
                                          whole["embedding"][shuffle]))
        self.assertTrue(program.same_bits(self.transform(rows[17:18])["embedding"], whole["embedding"][17:18]))

    def stopped(self, path, out, **how):
        """Ends a run when it has a checkpoint."""
        checkpoint = self.folder / "placed.h5.checkpoint"
        result = program.run_and_stop("transform", self.map, path, "-o", out, "--rows-at-a-time", 4,
                                      "--checkpoint-every", 0, ranks=3, when=checkpoint.exists, **how)
        self.assertNotEqual(result.code, 0, result.stderr)
        self.assertTrue(checkpoint.exists())
        return result

    def test_a_stopped_run_goes_on_on_any_ranks(self):
        rows = np.tile(self.rows[self.new], (8, 1)) + np.random.RandomState(3).uniform(size=(8 * len(self.new), 1))
        path, out = self.write("new.h5", X=rows), self.folder / "placed.h5"
        whole = self.transform(rows)
        out.unlink()
        for ranks in (1, 2, 5):
            stopped = self.stopped(path, out)
            self.assertEqual(stopped.code, 75, stopped.stderr)
            self.assertRegex(stopped.stderr, rf"stopped by SIGUSR1 with \d+ of {len(rows)} rows placed; "
                                             r"the same command goes on from \S+placed.h5.checkpoint\n")
            result = program.run("transform", self.map, path, "-o", out, ranks=ranks)
            self.assertEqual(result.code, 0, result.stderr)
            self.assertRegex(result.stderr, rf"going on after \d+ of {len(rows)} rows from \S+placed.h5.checkpoint")
            with h5py.File(out) as file:
                for name in ("embedding", "novelty", "labels", "label_share"):
                    self.assertTrue(program.same_bits(file[name][:], whole[name]), (ranks, name))
            self.assertNotIn("placed.h5.checkpoint", self.names())
            out.unlink()
        self.stopped(path, out, stop=kills.kill_all)
        checkpoint = self.folder / "placed.h5.checkpoint"
        kept = checkpoint.read_bytes()
        other = self.write("new.h5", X=rows[:-1])
        self.fails(2, "placed.h5.checkpoint' is of another run: the new rows changed since; --restart starts afresh",
                   "transform", self.map, other, "-o", out, ranks=2)
        self.assertEqual(checkpoint.read_bytes(), kept)
        self.write("new.h5", X=rows)
        result = program.run("transform", self.map, path, "-o", out, "--restart", ranks=2)
        self.assertEqual(result.code, 0, result.stderr)
        self.assertNotIn("going on", result.stderr)
        self.assertTrue(program.same_bits(program.map_of(out), whole["embedding"]))
        for given in (self.map, path, self.reference, out):
            before = given.read_bytes()
            result = program.run("transform", self.map, path, "-o", out, "--checkpoint", given, ranks=2)
            self.assertEqual(result.code, 2, result.stderr)
            self.assertEqual(given.read_bytes(), before)
        checkpoint.write_bytes(kept[:len(kept) // 2])
        result = program.run("transform", self.map, path, "-o", out, ranks=2)
        self.assertEqual(result.code, 0, result.stderr)
        self.assertIn("going on without it", result.stderr)
        self.assertTrue(program.same_bits(program.map_of(out), whole["embedding"]))
        self.assertNotIn("placed.h5.checkpoint", self.names())

    def test_held_out_digits_are_among_their_like(self):
        placed, reference = self.transform(self.rows[self.new]), program.map_of(self.map)
        labels, known = self.labels[self.new], self.labels[self.old]
        there = accuracy(placed["embedding"], labels, reference, known)
        self.assertGreater(there, accuracy(reference, known, reference, known, own=True) - program.fewer(0.01, 0.06))
        self.assertGreater(np.mean(placed["labels"] == labels), program.fewer(0.97, 0.9))
        self.assertTrue(((placed["label_share"] > 0) & (placed["label_share"] <= 1)).all())

    def test_foreign_rows_show(self):
        rows = self.rows[self.new][:60].copy()
        rows[30:] = np.random.RandomState(2).uniform(0, 16, size=rows[30:].shape)
        novelty = self.transform(rows)["novelty"]
        self.assertGreater(novelty[30:].min(), novelty[:30].max())
        self.assertAlmostEqual(np.median(novelty[:30]), 1, delta=0.25)

    def test_rows_of_the_map_come_to_where_they_are(self):
        placed, reference = self.transform(self.rows[self.old])["embedding"], program.map_of(self.map)
        self.assertLess(np.median(np.linalg.norm(placed - reference, axis=1)), 0.05 * np.ptp(reference))

    def test_other_methods_metrics_and_words_as_labels(self):
        some = self.old[:400]
        words = np.array([b"zero", b"one", b"two", b"three"], dtype="S5")[self.labels[some] % 4]
        self.reference = self.write("reference.h5", X=self.rows[some], labels=words)
        for options in (["--method", "sne"], ["--method", "ssne", "--dims", "1"],
                        ["--metric", "cosine", "--pca", "10", "--dims", "3", "--affinity", "uniform"]):
            self.embed(self.reference, "-o", self.map, "--iterations", 60, *options)
            placed = self.transform(self.rows[self.new][:40], ranks=2)
            self.assertTrue(np.isfinite(placed["embedding"]).all())
            self.assertIn(placed["labels"][0], (b"zero", b"one", b"two", b"three"))
            self.assertTrue(program.same_bits(self.transform(self.rows[self.new][:40])["embedding"],
                                              placed["embedding"]))

    def test_what_cannot_be_placed(self):
        narrow = self.write("narrow.h5", X=self.rows[:5, :10])
        hole = self.write("hole.h5", X=np.where(np.arange(64) == 7, np.nan, self.rows[:5]))
        far = self.write("far.h5", X=self.rows[:5] * [[1], [1], [1e30], [1], [1]])
        bare = self.write("bare.h5", embedding=np.zeros((10, 2)))
        out = self.folder / "out.h5"
        for ranks in (1, 3):
            for words, first, second in (("has 10 columns", self.map, narrow), ("column 7", self.map, hole),
                                         ("row 2 (counted from 0) lies", self.map, far),
                                         ("does not hold the options", bare, narrow),
                                         ("no dataset '/embedding'", self.reference, narrow)):
                with self.subTest(words=words, ranks=ranks):
                    self.fails(2, words, "transform", first, second, "-o", out, ranks=ranks)
                    self.assertFalse(out.exists())
        self.fails(2, "it is the input", "transform", self.map, self.reference, "-o", self.map)
        with h5py.File(self.map, "a") as file:
            file.attrs["finished"] = 0
        self.fails(2, "stopped before its end", "transform", self.map, self.reference, "-o", out)


if __name__ == "__main__":
    cases.main()
