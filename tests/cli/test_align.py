"""distsne align: a map that was turned, mirrored, scaled and moved comes back; drift of rows that moved."""
import h5py
import numpy as np
import cases
import program


class Align(program.ProgramTest):
    def setUp(self):
        super().setUp()
        random = np.random.default_rng(3)
        self.places = random.normal(size=(200, 2)) * [30, 10]
        self.names = np.array([f"row {i}" for i in range(200)], dtype="S")
        self.fixed = self.write("fixed.h5", embedding=self.places.astype("f4"), row_names=self.names)
        angle = 2.1
        self.turn = np.array([[np.cos(angle), np.sin(angle)], [np.sin(angle), -np.cos(angle)]])  # with a reflection
        self.output = self.folder / "aligned.h5"

    def align(self, *arguments, code=0, ranks=None):
        result = program.run("align", *arguments, ranks=ranks)
        self.assertEqual(result.code, code, result.stderr)
        return result

    def test_a_turned_map_comes_back(self):
        order = np.random.default_rng(4).permutation(200)[:150]
        moved = (0.3 * self.places @ self.turn + [7, -80])[order]
        moving = self.write("moving.h5", embedding=moved, row_names=self.names[order])
        for ranks in (None, 3):
            self.align(self.fixed, moving, "-o", self.output, ranks=ranks)
            with h5py.File(self.output) as file:
                np.testing.assert_allclose(file["embedding"][:], self.places[order], atol=1e-4)
                self.assertLess(file["drift"][:].max(), 1e-4)
                self.assertAlmostEqual(file.attrs["alignment_scale"], 1 / 0.3, places=5)
                self.assertEqual(file["row_names"][:].tolist(), self.names[order].tolist())
        self.align(self.fixed, moving, "-o", self.output, "--rigid")
        with h5py.File(self.output) as file:
            self.assertEqual(file.attrs["alignment_scale"], 1)

    def test_rows_that_moved_and_new_ones_are_told(self):
        names = np.concatenate([self.names, [b"new"]])
        places = np.vstack([self.places @ self.turn, [[0, 0]]])
        places[5] += [9, 0]
        moving = self.write("moving.h5", embedding=places, row_names=names)
        self.assertIn("200 of 201 rows", self.align(self.fixed, moving, "-o", self.output).stdout)
        with h5py.File(self.output) as file:
            drift = file["drift"][:]
        self.assertTrue(np.isnan(drift[200]))
        self.assertEqual(drift[:200].argmax(), 5)
        self.assertAlmostEqual(drift[5], 9, delta=0.3)
        self.assertLess(np.median(drift[:200]), 0.3)

    def test_without_names_rows_are_in_the_same_order(self):
        plain = self.write("plain.h5", embedding=self.places @ self.turn)
        self.align(self.fixed, plain, "-o", self.output)
        with h5py.File(self.output) as file:
            np.testing.assert_allclose(file["embedding"][:], self.places, atol=1e-4)

    def test_what_cannot_be_aligned(self):
        short = self.write("short.h5", embedding=self.places[:50])
        flat = self.write("flat.h5", embedding=self.places[:, :1])
        twice = self.write("twice.h5", embedding=self.places, row_names=np.array([b"a"] * 200))
        others = self.write("others.h5", embedding=self.places, row_names=np.array([b"x%d" % i for i in range(200)]))
        for moving, more, words in ((short, [], "--by NAME"), (flat, [], "dimensions"), (twice, [], "called 'a'"),
                                    (others, [], "0 rows in common"), (short, ["--by", "cell"], "'cell'"),
                                    (self.fixed, [], None)):
            output = self.fixed if words is None else self.output
            result = self.align(self.fixed, moving, "-o", output, *more, code=2)
            self.assertIn(words or "is the input", result.errors)
            self.assertFalse(self.output.exists())


if __name__ == "__main__":
    cases.main()
