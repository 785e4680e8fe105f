"""Soaking right layers in random cases."""
