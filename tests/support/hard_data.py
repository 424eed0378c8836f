"""Data sets that are hard for a map, by seed, and the KL of a map anew in double."""
import numpy as np


def blobs(random, rows, columns):
    centers = random.normal(size=(7, columns)) * 10
    return centers[random.integers(7, size=rows)] + random.normal(size=(rows, columns))


def outliers(random, rows, columns):
    x = blobs(random, rows, columns)
    x[random.integers(rows, size=1 + rows // 500)] *= 10.0 ** random.uniform(2, 8)
    return x


def one_entry_far_out(random, rows, columns):
    x = blobs(random, rows, columns)
    x[:, 0] = 0
    x[random.integers(rows), 0] = 10.0 ** random.uniform(1, 9)
    return x


def lognormal(random, rows, columns):
    return np.exp(random.uniform(1, 6) * random.normal(size=(rows, columns)))


def cauchy(random, rows, columns):
    return random.standard_cauchy(size=(rows, columns))


def counts(random, rows, columns):
    return random.negative_binomial(0.1, 0.001, size=(rows, columns))


def duplicates(random, rows, columns):
    return blobs(random, rows, columns)[random.integers(1 + rows // 20, size=rows)]


def all_equal(random, rows, columns):
    return np.full((rows, columns), random.normal())


def all_but_one_equal(random, rows, columns):
    x = all_equal(random, rows, columns)
    x[random.integers(rows)] += 10.0 ** random.uniform(-3, 6)
    return x


def zeros_and_ones(random, rows, columns):
    return (random.random((rows, columns)) < random.choice([0.003, 0.1, 0.5])).astype("u1")


def columns_of_all_sizes(random, rows, columns):
    x = blobs(random, rows, columns) * 10.0 ** random.uniform(-6, 6, size=columns)
    x[:, random.integers(columns)] = 3e5
    return x


def far_from_the_origin(random, rows, columns):
    return blobs(random, rows, columns) + 10.0 ** random.uniform(4, 10)


def nanoseconds(random, rows, columns):
    return (blobs(random, rows, columns) * 1e6).astype("i8") + 1_700_000_000_000_000_000


def integers_at_their_limits(random, rows, columns):
    kind = np.iinfo(random.choice(["i1", "u2", "i4", "i8", "u8"]))
    near = random.integers(0, 50, size=(rows, columns), dtype="u8").astype(kind.dtype)
    return np.array(kind.max, kind.dtype) - near if random.random() < 0.5 else np.array(kind.min, kind.dtype) + near


def tiny(random, rows, columns):
    return blobs(random, rows, columns) * 1e-18


def huge(random, rows, columns):
    return blobs(random, rows, columns) * 1e15


def lattice(random, rows, columns):
    side = max(2, round(rows ** 0.5))
    x = np.zeros((rows, columns))
    x[:, 0], x[:, -1] = np.arange(rows) % side, np.arange(rows) // side
    return x


def line(random, rows, columns):
    return np.arange(rows)[:, None] * np.ones(columns) * random.choice([1e-3, 1.0, 1e3])


def hubs(random, rows, columns):
    x = random.normal(size=(rows, columns))
    x *= 1 / np.linalg.norm(x, axis=1, keepdims=True)
    x[: 1 + rows // 100] *= 1e-3
    return x


def tiny_clusters(random, rows, columns):
    centers = random.normal(size=(1 + rows // 8, columns))
    return centers[random.integers(len(centers), size=rows)] + 1e-5 * random.normal(size=(rows, columns))


def two_far_halves(random, rows, columns):
    x = random.normal(size=(rows, columns))
    x[rows // 2:] += 1e5
    return x


KINDS = [outliers, one_entry_far_out, lognormal, cauchy, counts, duplicates, all_equal, all_but_one_equal,
         zeros_and_ones, columns_of_all_sizes, far_from_the_origin, nanoseconds, integers_at_their_limits, tiny, huge,
         lattice, line, hubs, tiny_clusters, two_far_halves]


def exact_differences(x):
    """The data in double, beside the origin."""
    if x.dtype.kind in "iu":
        return (x.astype(object) - int(x[0, 0])).astype(float)
    x = x.astype(float)
    return x - np.median(x, axis=0)


def squared_distances(x):
    total = np.zeros((len(x), len(x)))
    for column in x.T:
        total += (column[:, None] - column[None, :]) ** 2
    return total


def conditional(x, perplexity):
    """Rows p_j|i of all pairs, at the perplexity, or even over the ties where there are more of them."""
    distance = squared_distances(x)
    np.fill_diagonal(distance, np.inf)
    p = np.zeros_like(distance)
    for i, row in enumerate(distance):
        shifted = row - row.min()
        positive = shifted[(shifted > 0) & np.isfinite(shifted)]
        scale = positive.mean() if len(positive) else 1.0
        low, high = -60.0, 80.0  # of log(beta * scale)
        for _ in range(60):
            middle = (low + high) / 2
            with np.errstate(invalid="ignore", under="ignore", over="ignore"):
                weight = np.where(np.isfinite(shifted), np.exp(-shifted / scale * np.exp(middle)), 0.0)
            weight /= weight.sum()
            entropy = -(weight[weight > 0] * np.log(weight[weight > 0])).sum()
            low, high = (middle, high) if entropy > np.log(perplexity) else (low, middle)
        p[i] = weight
    return p


def affinities_lost_in_float(x, perplexity):
    """By how much the KL may differ where float takes all neighbors of a row for equally far."""
    distance = squared_distances(exact_differences(x))
    np.fill_diagonal(distance, np.inf)
    distance.sort(axis=1)
    nearest, beyond = distance[:, 0], distance[:, min(len(x) - 2, 3 * perplexity)]
    blurred = (nearest > 0) & (beyond - nearest < 1e-5 * nearest)
    return blurred.mean() * np.log(len(x) / perplexity)


def kl(x, y, perplexity, method="tsne"):
    """The cost of a map of all pairs."""
    p = conditional(exact_differences(x), perplexity)
    square = squared_distances(y.astype(float))
    log_w = -np.log1p(square) if method == "tsne" else -square
    np.fill_diagonal(log_w, -np.inf)
    if method == "sne":
        top = log_w.max(axis=1, keepdims=True)
        log_q = log_w - top - np.log(np.exp(log_w - top).sum(axis=1, keepdims=True))
    else:
        p = (p + p.T) / (2 * len(p))
        top = log_w.max()
        log_q = log_w - top - np.log(np.exp(log_w - top).sum())
    used = p > 0
    return float((p[used] * (np.log(p[used]) - log_q[used])).sum())
