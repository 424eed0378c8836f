"""Maps of the bundled digits are as good as scikit-learn's, and every method separates the digits."""
import h5py
import numpy as np
import cases
import program


ITERATIONS = program.fewer(1000, 40)  # sanitizers see the code run, but no finished maps


class Quality(program.ProgramTest):
    def expect(self, holds, found):
        """Something of a finished map."""
        self.assertTrue(holds or program.SANITIZED, found)

    def map_digits(self, *options):
        """The final KL and the 1-nearest-neighbor accuracy."""
        output = self.folder / "map.h5"
        self.embed(program.DIGITS, "-q", "-o", output, "--perplexity", 30, "--iterations", ITERATIONS,
                   "--exaggeration-iterations", ITERATIONS // 4, *options, ranks=2)
        with h5py.File(output) as file:
            kl = file["history/kl"][:]
            self.assertTrue(np.isfinite(kl).all())
            self.expect(kl[-1] < 0.7 * kl[0], kl)
            return kl[-1], program.nearest_neighbor_accuracy(file["embedding"][:], file["labels"][:])

    def test_tsne_is_as_good_as_scikit_learn(self):
        with h5py.File(program.SOURCE / "tests/reference/sklearn_digits.h5") as reference:
            exact_kl = reference["exact_kl"][()]
        for options in ([], ["--init", "random"]):
            with self.subTest(options=options):
                kl, accuracy = self.map_digits(*options)
                self.expect(kl <= 1.02 * exact_kl, kl)
                self.expect(accuracy >= 0.97, accuracy)

    def test_gaussian_methods_separate_digits(self):
        # Measured: 0.944 (ssne) and 0.940 (sne). Gaussian maps crowd, which is why t-SNE was made.
        for method in ("ssne", "sne"):
            with self.subTest(method=method):
                accuracy = self.map_digits("--method", method)[1]
                self.expect(accuracy >= 0.92, accuracy)

    def test_more_dimensions_hold_more(self):
        line, flat, room = (self.map_digits("--method", "ssne", "--dims", dims)[0] for dims in (1, 2, 3))
        self.expect(room < 0.9 * flat and line > 1.1 * flat, (line, flat, room))


if __name__ == "__main__":
    cases.main()
