"""Subjects made from what people have: one module for each kind of layer."""
