"""distsne evaluate --reliability: against sums over all pairs, and on maps that must tear and that must not."""
import json

import h5py
import numpy as np
from scipy.optimize import minimize

import cases
import program


def squared_distances(a, b):
    return np.maximum(0, (a * a).sum(1)[:, None] + (b * b).sum(1) - 2 * a @ b.T)


def fitted(squared, perplexity):
    """1 / 2 sigma^2 and p_j|i of a row by its squared distances to all others."""
    low, high, beta = 0.0, np.inf, 1 / squared.mean()
    for _ in range(200):
        weight = np.exp(-beta * (squared - squared.min()))
        p = weight / weight.sum()
        entropy = -(p[p > 0] * np.log(p[p > 0])).sum()
        if abs(entropy - np.log(perplexity)) < 1e-9:
            break
        low, high = (beta, high) if entropy > np.log(perplexity) else (low, beta)
        beta = 2 * beta if high == np.inf else (low + high) / 2
    return beta, p


class LeaveOneOut:
    """The definitions of Liu, Ma and Zhong 2025 as they stand, over all pairs of rows."""

    def __init__(self, x, y, perplexity):
        self.x, self.y, self.n, self.perplexity = x, y.astype(float), len(x), perplexity
        self.beta = np.zeros(self.n)
        self.weight = np.zeros((self.n, self.n))
        self.conditional = np.zeros((self.n, self.n))
        squared = squared_distances(x, x)
        for i in range(self.n):
            others = np.arange(self.n) != i
            self.beta[i], self.conditional[i, others] = fitted(squared[i, others], perplexity)
            self.weight[i, others] = np.exp(-self.beta[i] * squared[i, others])
        w = 1 / (1 + squared_distances(self.y, self.y))
        np.fill_diagonal(w, 0)
        self.pairs, self.w = w.sum(), w

    def loss(self, i, p, place, scale=1):
        """The cost by the place of row i, and its gradient; times a scale, which p has already."""
        others = np.arange(self.n) != i
        apart = place - self.y[others]
        squared = (apart ** 2).sum(1)
        w = 1 / (1 + squared)
        total = self.pairs - 2 * self.w[i].sum() + 2 * w.sum()
        value = 2 * p[others] @ np.log1p(squared) + scale * np.log(total)
        return value, 4 * ((p[others] * w - scale * w * w / total) @ apart)

    def singularity(self, i):
        """By differences of the gradient."""
        p = (self.conditional[i] + self.conditional[:, i]) / (2 * self.n)
        h = 1e-5
        hessian = [(self.loss(i, p, self.y[i] + step)[1] - self.loss(i, p, self.y[i] - step)[1]) / (2 * h)
                   for step in h * np.eye(self.y.shape[1])]
        return 1 / np.linalg.eigvalsh((hessian + np.transpose(hessian)) / 2)[0]

    def moved(self, i, place):
        """p_ij of row i were it there; the Gaussians of others keep their widths."""
        others = np.arange(self.n) != i
        squared = ((self.x - place) ** 2).sum(1)
        p = np.zeros(self.n)
        p[others] = fitted(squared[others], self.perplexity)[1]
        weight = np.exp(-self.beta[others] * squared[others])
        p[others] += weight / (self.weight[others].sum(1) - self.weight[others, i] + weight)
        return p / (2 * self.n)

    def perturbation(self, i, axes, length):
        farthest = 0
        for step in (sign * length * axis for axis in axes for sign in (1, -1)):
            p = self.n * self.moved(i, self.x[i] + step)
            starts = [i, *np.argsort(-p)[:2]]
            found = [minimize(lambda y: self.loss(i, p, y, self.n), self.y[start], jac=True, method="BFGS",
                              options={"gtol": 1e-7}) for start in starts]
            best = min(found, key=lambda one: one.fun)
            farthest = max(farthest, np.linalg.norm(best.x - self.y[i]))
        return farthest


class Reliability(program.ProgramTest):
    def scores(self, path, *arguments, ranks=None):
        result = program.run("evaluate", path, "--reliability", "--write", "--kl", "no", "--sample", 10, "--json",
                             self.folder / "figures.json", *arguments, ranks=ranks)
        self.assertEqual(result.code, 0, result.stderr)
        self.figures = json.loads((self.folder / "figures.json").read_text())["maps"][0]["figures"]
        with h5py.File(path) as file:
            return file["quality/perturbation"][:], file["quality/singularity"][:]

    def test_digits_against_all_pairs(self):
        rows = program.fewer(1000, 300)
        data, path = self.digits(rows), self.folder / "map.h5"
        self.embed(data, "-o", path, "--iterations", program.fewer(300, 100), "--pca", "off", ranks=2)
        perturbation, singularity = self.scores(path, "--perturbation", 5, ranks=2)
        with h5py.File(data) as file:
            x = file["X"][:].astype(float)
        axes = np.linalg.eigh(np.cov(x.T))[1].T[::-1][:3]
        direct = LeaveOneOut(x, program.map_of(path), 30)
        curvature = np.median(1 / singularity.astype(float))
        for i in [*range(0, rows, rows // 12), *np.argsort(-perturbation)[:3], *np.argsort(-singularity)[:3]]:
            with self.subTest(row=i):
                self.assertAlmostEqual(1 / singularity[i], 1 / direct.singularity(i), delta=1e-3 * curvature)
                self.assertAlmostEqual(perturbation[i], direct.perturbation(i, axes, 5), delta=0.01)
        self.assertEqual(self.figures["perturbation_length"]["value"], 5)
        self.assertAlmostEqual(self.figures["perturbation"]["value"], perturbation.mean(dtype=float), delta=1e-4)
        highest = np.sort(singularity.astype(float))[-(rows // 20):].mean()
        self.assertAlmostEqual(self.figures["singularity_high"]["value"] / highest, 1, delta=1e-6)

    def test_a_circle_in_one_dimension_is_torn(self):
        rows = 400
        angle = 2 * np.pi * np.arange(rows) / rows
        data, path = self.write("circle.h5", X=np.c_[np.cos(angle), np.sin(angle)]), self.folder / "map.h5"
        self.embed(data, "-o", path, "--dims", 1, "--iterations", 500)
        perturbation, _ = self.scores(path)
        place = program.map_of(path)[:, 0]
        tear = np.abs(place - np.roll(place, 1)).argmax()  # between this row and the one before
        highest = (np.argsort(-perturbation)[:10] - tear + rows // 2) % rows - rows // 2
        self.assertLess(np.abs(highest).max(), 20)
        apart = np.abs((np.arange(rows) - tear + rows // 2) % rows - rows // 2)
        self.assertGreater(perturbation.max(), 20 * np.median(perturbation[apart > 60]))

    def test_a_rolled_sheet_is_torn_where_neighbors_lie_apart(self):
        rng = np.random.RandomState(0)
        rows = program.fewer(1000, 400)
        t = rng.uniform(1.5 * np.pi, 4.5 * np.pi, rows)
        x = np.c_[t * np.cos(t), rng.uniform(0, 20, rows), t * np.sin(t)]
        path = self.folder / "map.h5"
        self.embed(self.write("roll.h5", X=x), "-o", path, "--iterations", 200, "--neighbors", "exact")
        perturbation, _ = self.scores(path)
        place = program.map_of(path).astype(float)
        near = squared_distances(x, x).argsort(axis=1)[:, 1:11]
        reach = np.linalg.norm(place[near] - place[:, None], axis=2).max(axis=1)
        span = np.ptp(place)
        torn, whole = reach > 0.2 * span, reach < 0.05 * span
        self.assertGreater(torn.sum(), 10)
        self.assertGreater(whole.sum(), rows // 4)
        self.assertGreater(np.median(perturbation[torn]), 4 * np.median(perturbation[whole]))
        self.assertLess(np.quantile(perturbation[whole], 0.9), 0.05 * span)

    def test_true_clusters_hold_together(self):
        rng = np.random.RandomState(1)
        centers = 40 * np.eye(6)
        label = np.arange(600) % 6
        data, path = self.write("clusters.h5", X=centers[label] + rng.normal(size=(600, 6))), self.folder / "map.h5"
        self.embed(data, "-o", path, "--iterations", 400)
        perturbation, singularity = self.scores(path)
        place = program.map_of(path).astype(float)
        middles = np.array([place[label == c].mean(0) for c in range(6)])
        gap = np.sqrt(squared_distances(middles, middles) + 1e9 * np.eye(6)).min()
        self.assertLess(perturbation.max(), 0.5 * gap)
        self.assertLess(np.median(perturbation), 0.05 * gap)
        self.assertTrue(np.isfinite(singularity).all())

    def test_the_same_on_any_ranks(self):
        data, path = self.digits(150), self.folder / "map.h5"
        for options in (["--neighbors", "exact", "--perplexity", "5,10"], ["--dims", "1", "--k", "20"],
                        ["--method", "ssne", "--affinity", "uniform", "--metric", "cosine", "--pca", "8"],
                        ["--dims", "3", "--neighbors", "approx", "--affinity", "sigma", "--sigma", "9"]):
            self.embed(data, "-o", path, "--iterations", 60, *options)
            whole = self.scores(path)
            self.assertTrue(np.isfinite(whole).all())
            for ranks in (2, 3, 4, 7):
                again = self.scores(path, ranks=ranks)
                for one, other in zip(whole, again):
                    self.assertTrue(program.same_bits(one, other), (options, ranks))

    def test_what_has_no_scores(self):
        data, path = self.digits(100), self.folder / "map.h5"
        bare = self.write("bare.h5", embedding=np.random.RandomState(0).normal(size=(100, 2)))
        self.embed(data, "-o", path, "--method", "sne", "--iterations", 20)
        for ranks in (1, 3):
            for words, *arguments in (("defined for tsne and ssne", path), ("does not hold the options", bare, data),
                                      ("a positive number is wanted, or auto", path, "--perturbation", "0")):
                run = program.run("evaluate", *arguments, "--reliability", ranks=ranks)
                self.assertEqual(run.code, 2, run.stderr)
                self.assertIn(words, run.errors)


if __name__ == "__main__":
    cases.main()
