#!/usr/bin/python3
"""Writes digits.h5 from the copy of the UCI digits that Debian's python3-sklearn ships. The same bytes every time."""
import pathlib

import h5py
from sklearn.datasets import load_digits

digits = load_digits()
with h5py.File(pathlib.Path(__file__).with_name("digits.h5"), "w", track_order=False) as file:
    file.attrs["source"] = (
        "Optical Recognition of Handwritten Digits, test set: E. Alpaydin and C. Kaynak (1998), "
        "UCI Machine Learning Repository, doi:10.24432/C50P49"
    )
    file.attrs["license"] = "Creative Commons Attribution 4.0 International (CC BY 4.0)"
    options = dict(compression="gzip", shuffle=True, track_times=False)
    file.create_dataset("X", data=digits.data.astype("u1"), chunks=(600, 64), **options)
    file.create_dataset("labels", data=digits.target.astype("u1"), **options)
