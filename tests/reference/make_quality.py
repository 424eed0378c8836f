#!/usr/bin/python3
"""Writes sklearn_quality.h5: what scikit-learn and SciPy say about a map of the digits, as distsne evaluate should.

Needs Debian's python3-sklearn (1.2.1). Digits have many equally near neighbors, of which programs take any:
without_ties moves them a little.
"""
import pathlib
import sys

import h5py
import numpy as np
import scipy
import sklearn
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr
from sklearn.datasets import load_digits
from sklearn.manifold import TSNE, trustworthiness
from sklearn.metrics import silhouette_samples
from sklearn.neighbors import NearestNeighbors

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from digits import without_ties  # noqa: E402

digits = load_digits()
rows, labels = without_ties(digits.data).astype(np.float64), digits.target
embedding = TSNE(perplexity=30, n_iter=500, init="pca", learning_rate="auto", random_state=0).fit_transform(rows)
embedding = embedding.astype(np.float32)
map_2 = embedding.astype(np.float64)
values = {}
for k in (10, 50):
    values[f"trustworthiness_{k}"] = trustworthiness(rows, map_2, n_neighbors=k)
    values[f"continuity_{k}"] = trustworthiness(map_2, rows, n_neighbors=k)
    near = [NearestNeighbors(n_neighbors=k).fit(points).kneighbors(None)[1] for points in (rows, map_2)]
    values[f"preservation_{k}"] = np.mean([len(np.intersect1d(a, b)) / k for a, b in zip(*near)])
for k in (1, 10):
    for name, points in (("label_hit", map_2), ("data_label_hit", rows)):
        near = NearestNeighbors(n_neighbors=k).fit(points).kneighbors(None)[1]
        values[f"{name}_{k}"] = np.mean([np.bincount(labels[one]).argmax() for one in near] == labels)
silhouettes = silhouette_samples(map_2, labels)
values["silhouette"] = silhouettes.mean()
values["spearman"] = spearmanr(pdist(rows), pdist(map_2)).correlation
centers = [[points[labels == one].mean(0) for one in range(10)] for points in (rows, map_2)]
values["centers"] = spearmanr(pdist(centers[0]), pdist(centers[1])).correlation

with h5py.File(pathlib.Path(__file__).with_name("sklearn_quality.h5"), "w") as file:
    file.attrs["made_with"] = f"scikit-learn {sklearn.__version__}, numpy {np.__version__}, scipy {scipy.__version__}"
    file.create_dataset("map", data=embedding, compression="gzip", shuffle=True, track_times=False)
    file.create_dataset("silhouettes", data=silhouettes.astype(np.float32), compression="gzip", shuffle=True,
                        track_times=False)
    for name, value in values.items():
        file[f"values/{name}"] = value
