"""Small files of other programs' kinds, as those programs write them, all of the same matrix and labels."""
import struct

import h5py
import numpy as np
import scipy.io
import scipy.sparse

RANDOM = np.random.default_rng(7)
ROWS = 60
COLUMNS = 20


def matrix():
    """Counts in three groups, two of three of them zero."""
    group = np.arange(ROWS) % 3
    rates = RANDOM.gamma(1.0, 2.0, size=(3, COLUMNS))[group] * (RANDOM.random((ROWS, COLUMNS)) < 0.6)
    counts = RANDOM.poisson(rates).astype(np.float32)
    counts[:, 0] += 1  # no row of zeros
    return counts


def labels():
    return [("T cells", "B cells", "NK")[i % 3] for i in range(ROWS)]


def names(prefix, count):
    return [f"{prefix}{i}" for i in range(count)]


def tenx(path, counts, version=3):
    """10x Genomics: features x barcodes by columns."""
    by_barcode = scipy.sparse.csr_matrix(counts)
    with h5py.File(path, "w") as file:
        group = file.create_group("matrix" if version == 3 else "hg19")
        group["barcodes"] = np.array(names("AAAC-", ROWS), dtype="S10")
        group["data"] = by_barcode.data.astype(np.int32)
        group["indices"], group["indptr"] = by_barcode.indices.astype(np.int64), by_barcode.indptr.astype(np.int64)
        group["shape"] = np.array([COLUMNS, ROWS], dtype=np.int32)
        if version == 3:
            group["features/name"] = np.array(names("gene", COLUMNS), dtype="S10")
        else:
            group["gene_names"] = np.array(names("gene", COLUMNS), dtype="S10")


def loom(path, counts):
    """loompy's layout: genes x cells."""
    with h5py.File(path, "w") as file:
        file["matrix"] = counts.T
        file["row_attrs/Gene"] = names("gene", COLUMNS)
        file["col_attrs/CellID"] = names("cell", ROWS)
        file["col_attrs/ClusterName"] = labels()
        file["col_attrs/Age"] = np.arange(ROWS, dtype=np.int64)
        file.create_group("layers")


def matlab(path, counts):
    """MATLAB 7.3: columns where MATLAB shows rows, texts by reference."""
    with h5py.File(path, "w", userblock_size=512) as file:
        def put(name, values, kind):
            file[name] = values
            file[name].attrs["MATLAB_class"] = np.bytes_(kind)
        put("X", counts.T.astype(float), "double")
        put("age", np.arange(ROWS, dtype=float)[None, :], "double")
        references = np.empty((1, ROWS), dtype=h5py.ref_dtype)
        for i, word in enumerate(labels()):
            name = f"#refs#/r{i}"
            put(name, np.array([[ord(letter)] for letter in word], dtype=np.uint16), "char")
            references[0, i] = file[name].ref
        put("labels", references, "cell")
        put("#refs#/hidden", RANDOM.normal(size=(4, 5)), "double")
    with open(path, "r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM")


def matlab5(path, counts, **options):
    """MATLAB 5 to 7.2, as scipy writes it."""
    words = np.empty(ROWS, dtype=object)
    words[:] = labels()
    scipy.io.savemat(path, {"X": counts.astype(float) if isinstance(counts, np.ndarray) else counts.tocsc(),
                            "age": np.arange(ROWS, dtype=np.int16)[:, None], "labels": words,
                            "names": np.array(names("cell", ROWS)), "title": "of no rows",
                            "sick": np.arange(ROWS)[None, :] % 2 == 0}, **options)


def matlab5_big_endian(path, counts):
    """The same of a machine that has the highest byte first, with integers where they take less room."""
    def element(kind, data):
        return struct.pack(">II", kind, len(data)) + data + bytes(-len(data) % 8)
    matrix = (element(6, struct.pack(">II", 6, 0)) + element(5, struct.pack(">ii", *counts.shape))
              + struct.pack(">HH4s", 1, 1, b"X") + element(2, counts.T.astype("u1").tobytes()))
    path.write_bytes(b"MATLAB 5.0 MAT-file".ljust(124) + b"\x01\x00MI" + element(14, matrix))


def cytolib(path, counts):
    """cytolib's layout: channels x events."""
    with h5py.File(path, "w") as file:
        file["data"] = counts.T
        kinds = np.dtype([("channel", h5py.string_dtype()), ("marker", h5py.string_dtype()), ("min", "<f4")])
        file["params"] = np.array([(f"FL{i}-A", f"CD{i}", 0.0) for i in range(COLUMNS)], dtype=kinds)


def old_anndata(path, counts):
    """AnnData 0.6: tables as records, words of categories in uns."""
    sparse = scipy.sparse.csr_matrix(counts)
    with h5py.File(path, "w") as file:
        group = file.create_group("X")
        group["data"], group["indices"], group["indptr"] = sparse.data, sparse.indices, sparse.indptr
        group.attrs["h5sparse_format"], group.attrs["h5sparse_shape"] = b"csr", np.array(counts.shape)
        words = sorted(set(labels()))
        codes = [words.index(word) for word in labels()]
        file["obs"] = np.array([(f"cell{i}".encode(), codes[i]) for i in range(ROWS)],
                               dtype=[("index", "S8"), ("louvain", "i1")])
        file["var"] = np.array([(f"gene{i}".encode(),) for i in range(COLUMNS)], dtype=[("index", "S8")])
        file["uns/louvain_categories"] = np.array(words, dtype="S8")


def flow_cytometry(path, counts, kind, times=None):
    """FCS 3.1: keywords between slashes, then events, their times as the last channel."""
    columns = COLUMNS + (times is not None)
    counts = counts if times is None else np.column_stack([counts, times])
    kinds = {"F": (">f4", 32), "D": (">f8", 64), "I": (">u2", 16)}
    events = counts.astype(kinds[kind][0]).tobytes()
    keywords = {"$BYTEORD": "4,3,2,1", "$DATATYPE": kind, "$MODE": "L", "$NEXTDATA": "0", "$PAR": columns,
                "$TOT": ROWS, "$BEGINDATA": "{begin:08d}", "$ENDDATA": "{end:08d}"}
    for p in range(1, columns + 1):
        keywords |= {f"$P{p}B": kinds[kind][1], f"$P{p}E": "0,0", f"$P{p}N": f"FL{p}-A", f"$P{p}R": 1024,
                     f"$P{p}S": f"CD{p}//x"}
    if times is not None:
        keywords[f"$P{columns}N"] = "Time"
        del keywords[f"$P{columns}S"]
    text = "/" + "/".join(f"{name}/{value}" for name, value in keywords.items()) + "/"
    text = text.format(begin=0, end=0)
    begin = 58 + len(text)
    text = text.replace("$BEGINDATA/00000000", f"$BEGINDATA/{begin:08d}")
    text = text.replace("$ENDDATA/00000000", f"$ENDDATA/{begin + len(events) - 1:08d}")
    head = f"FCS3.1    {58:8d}{begin - 1:8d}{begin:8d}{begin + len(events) - 1:8d}{0:8d}{0:8d}"
    path.write_bytes(head.encode() + text.encode() + events)
