"""The bundled digits moved a little, so that no two rows are equally far from a third."""
import numpy as np


def without_ties(rows):
    """The rows plus small numbers that depend on their places only, as float32."""
    places = np.arange(rows.size, dtype=np.float64).reshape(rows.shape)
    return (rows + 0.05 * np.sin(0.7 * places + 1e-3 * places * (places % 97))).astype(np.float32)
