#!/usr/bin/python3
"""Writes sklearn_digits.h5: what scikit-learn's exact t-SNE computes for the digits. Takes a few minutes.

Needs Debian's python3-sklearn (1.2.1); sklearn.manifold._t_sne is private to scikit-learn and may change.
"""
import pathlib

import h5py
import numpy as np
import scipy
import sklearn
from scipy.spatial.distance import squareform
from sklearn.datasets import load_digits
from sklearn.manifold import TSNE, _t_sne, _utils
from sklearn.metrics import pairwise_distances
from sklearn.neighbors import NearestNeighbors

ROWS = 200
PERPLEXITY = 30.0

digits = load_digits()
rows = digits.data[:ROWS]
squared = pairwise_distances(rows, metric="euclidean", squared=True)
conditional = _utils._binary_search_perplexity(squared.astype(np.float32), PERPLEXITY, 0)
condensed = _t_sne._joint_probabilities(squared, PERPLEXITY, 0)  # one of each pair; all ordered pairs sum to 1
joint = squareform(condensed)

random = np.random.RandomState(0)
map_2 = random.normal(scale=3.0, size=(ROWS, 2))
map_3 = random.normal(scale=3.0, size=(ROWS, 3))


def cost_and_gradient(embedding, degrees_of_freedom):
    kl, gradient = _t_sne._kl_divergence(
        embedding.ravel(), condensed, degrees_of_freedom, ROWS, embedding.shape[1]
    )
    return kl, gradient.reshape(embedding.shape)


def one_nearest_neighbor_accuracy(embedding, labels):
    neighbor = NearestNeighbors(n_neighbors=2).fit(embedding).kneighbors(embedding)[1][:, 1]
    return float(np.mean(labels[neighbor] == labels))


with h5py.File(pathlib.Path(__file__).with_name("sklearn_digits.h5"), "w") as file:
    file.attrs["made_with"] = f"scikit-learn {sklearn.__version__}, numpy {np.__version__}, scipy {scipy.__version__}"
    file.attrs["rows"] = ROWS
    file.attrs["perplexity"] = PERPLEXITY

    def put(name, data, description):
        data = np.asarray(data, dtype=np.float64)
        options = dict(compression="gzip", shuffle=True) if data.ndim else {}
        dataset = file.create_dataset(name, data=data, track_times=False, **options)
        dataset.attrs["description"] = description

    put("conditional", conditional, "p_j|i of the first rows, row i, column j; searched in float32")
    put("joint", joint, "p_ij, symmetric, summing to 1")
    put("map_2", map_2, "a map at which cost and gradient are taken")
    kl, gradient = cost_and_gradient(map_2, 1)
    put("kl_2", kl, "KL divergence of t-SNE at map_2")
    put("gradient_2", gradient, "its gradient")
    # scikit-learn's kernel of v degrees of freedom is (1 + d^2/v)^-(v+1)/2. With tail a = (v+1)/2 and map lengths times
    # sqrt(a/v) it is (1 + d^2/a)^-a.
    degrees_of_freedom = 2
    tail = (degrees_of_freedom + 1) / 2
    stretch = np.sqrt(tail / degrees_of_freedom)
    # The gradient is the difference quotient of the cost: scikit-learn's own is not its gradient unless v = 1.
    kl = cost_and_gradient(map_3, degrees_of_freedom)[0]
    step = 1e-5
    gradient = np.zeros_like(map_3)
    for place in np.ndindex(*map_3.shape):
        for sign in (1, -1):
            moved = map_3.copy()
            moved[place] += sign * step
            gradient[place] += sign * cost_and_gradient(moved, degrees_of_freedom)[0] / (2 * step)
    put("tail_3", tail, "tail of the kernel for map_3")
    put("map_3", map_3 * stretch, "a map in 3 dimensions, in units of the kernel (1 + d^2/a)^-a")
    put("kl_3", kl, "KL divergence at map_3")
    put("gradient_3", gradient / stretch, "its gradient, by central differences")

    tsne = TSNE(method="exact", perplexity=30, n_iter=1000, init="pca", learning_rate="auto", random_state=0)
    embedding = tsne.fit_transform(digits.data)
    put("exact_kl", tsne.kl_divergence_, "final KL divergence of TSNE(method='exact') on all 1,797 digits")
    put("exact_accuracy", one_nearest_neighbor_accuracy(embedding, digits.target),
        "share of points of that map whose nearest neighbor is the same digit")
