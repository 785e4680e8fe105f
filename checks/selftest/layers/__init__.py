"""Tests of the reference layers: sizes, errors, dtypes, layouts, bit equality with the textbook and with PyTorch."""
