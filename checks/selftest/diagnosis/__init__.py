"""Diagnosis names each known mistake first, and does not name it where it is not quite that."""
