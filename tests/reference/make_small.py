#!/usr/bin/python3
"""Writes sklearn_small.h5: the best cost that scikit-learn's exact t-SNE finds for sets of 2 to 200 rows.

Each case is a group with the rows (float32), the perplexity, and the least KL divergence of scikit-learn's runs from
three random maps and from the principal components, 1000 iterations each, learning rate 50 (its own for so few rows).
Needs Debian's python3-sklearn (1.2.1); takes some ten minutes.
"""
import pathlib
import warnings

import h5py
import numpy as np
import sklearn
from sklearn.datasets import load_digits
from sklearn.manifold import TSNE

SIZES = (2, 3, 4, 5, 7, 10, 15, 20, 30, 40, 60, 80, 120, 200)
warnings.simplefilter("ignore")
random = np.random.RandomState(7)
digits = load_digits().data


def line(count):
    along = np.sort(random.uniform(size=count))
    return np.stack([np.cos(5 * along), np.sin(5 * along), along], axis=1) + 0.01 * random.normal(size=(count, 3))


SETS = {
    "digits": lambda count: digits[random.permutation(len(digits))[:count]],
    "noise": lambda count: random.normal(size=(count, 20)),
    "groups": lambda count: random.normal(size=(count, 5)) + 12.0 * (np.arange(count) % 4 == 0)[:, None],
    "line": line,
}


def best_cost(rows, perplexity):
    costs = []
    for init, seed in (("random", 0), ("random", 1), ("random", 2), ("pca", 0)):
        if init == "pca" and min(rows.shape) < 2:
            continue
        tsne = TSNE(perplexity=perplexity, method="exact", init=init, random_state=seed, n_iter=1000,
                    min_grad_norm=0.0, n_iter_without_progress=1000, learning_rate=50.0)
        tsne.fit(rows)
        costs.append(tsne.kl_divergence_)
    return min(costs)


with h5py.File(pathlib.Path(__file__).with_name("sklearn_small.h5"), "w") as file:
    file.attrs["made_with"] = f"scikit-learn {sklearn.__version__}, numpy {np.__version__}"
    for name, make in SETS.items():
        for count in SIZES:
            rows = make(count).astype(np.float32)
            for perplexity in sorted({max(1.0, float((count - 1) // 3)), min(5.0, count - 1.0)}):
                group = file.create_group(f"{name}/{count}/{perplexity:g}")
                group.create_dataset("X", data=rows, compression="gzip", shuffle=True, track_times=False)
                group.attrs["perplexity"] = perplexity
                group.attrs["kl"] = best_cost(rows, perplexity)
                print(f"{name} {count} {perplexity:g}: {group.attrs['kl']:.5f}", flush=True)
