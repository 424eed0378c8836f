"""One run of the program on a hard data set, drawn by seed: what is wrong with it."""
import h5py
import numpy as np
import hard_data
import program

ALL_PAIRS = 500  # rows up to which the KL is computed anew


def draw(seed, rows):
    """Name, data and options of a case: the kinds take turns."""
    random = np.random.default_rng(seed)
    kind = hard_data.KINDS[seed % len(hard_data.KINDS)]
    rows = int(random.integers(2, rows + 1)) if rows is None or seed % 7 == 6 else rows
    x = kind(random, rows, int(random.integers(2, 13)))
    if x.dtype == float and random.random() < 0.5 and kind is not hard_data.far_from_the_origin:
        x = x.astype("f4")
    options = {"perplexity": max(1, min(int(random.choice([5, 15, 30])), (rows - 1) // 3)),
               "method": str(random.choice(["tsne", "tsne", "ssne", "sne"])),
               "dims": int(random.choice([1, 2, 2, 3])),
               "precision": str(random.choice(["float", "float", "double"])),
               "iterations": 120, "exaggeration-iterations": 50}
    large = options["method"] == "tsne" and options["dims"] == 3 and len(x) > 5000  # whose grid would not fit memory
    if random.random() < 0.5 and not large:
        options["field"] = "grid"
    return kind.__name__, x, options, int(random.integers(1, 4))


def run(seed, folder, rows, other_ranks=False):
    """What is wrong with the map of a case: a list of sentences, and the case in words."""
    name, x, options, ranks = draw(seed, rows)
    flags = [word for key, value in options.items() for word in ("--" + key, value)]
    data, output = folder / "hard.h5", folder / "hard_map.h5"
    with h5py.File(data, "w") as file:
        file["X"] = x
    case = f"seed {seed}: {name} {x.shape} {x.dtype}, {ranks} ranks, {' '.join(map(str, flags))}"
    result = program.run("embed", data, "-o", output, "-q", "--checkpoint", "off", *flags, ranks=ranks, timeout=300)
    if result.code != 0:
        return [f"exit {result.code}: {result.errors.strip()[-400:]}"], case
    with h5py.File(output) as file:
        y, stated = file["embedding"][:], file["history/kl"][:]
    wrong = []
    if not np.isfinite(y).all() or not np.isfinite(stated).all():
        return ["a value that is no finite number"], case
    # At first all points are one small blob, so that q is the same for all pairs; sne's KL is a sum over the rows.
    unit = len(x) if options["method"] == "sne" else 1
    if stated[-1] > stated[0] + 0.01 * unit:
        wrong.append(f"KL {stated[-1]:.4f} is above that of one blob, {stated[0]:.4f}")
    if (y.std(axis=0) < 1e-6 * y.std()).any():
        wrong.append(f"an axis is dead: {y.std(axis=0)}")
    if len(x) <= ALL_PAIRS:
        anew = hard_data.kl(x, y, options["perplexity"], options["method"])
        lost = hard_data.affinities_lost_in_float(x, options["perplexity"]) if options["precision"] == "float" else 0
        if abs(anew - stated[-1]) > 0.01 * abs(anew) + (0.01 + lost) * unit:
            wrong.append(f"KL is stated as {stated[-1]:.4f} and is {anew:.4f}")
    if other_ranks:
        result = program.run("embed", data, "-o", output, "-q", "--checkpoint", "off", *flags, ranks=ranks % 3 + 1,
                             timeout=300)
        if result.code != 0 or not program.same_bits(program.map_of(output), y):
            wrong.append(f"{ranks % 3 + 1} ranks give another map, or none: {result.errors.strip()[-400:]}")
    return wrong, case
