"""Geometries and cases: valid by construction, wide, shrinking to the plainest layer."""
