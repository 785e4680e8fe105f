"""Tests of the corpus: what is kept and how, what is replayed, golden digests, and the doors to them."""
