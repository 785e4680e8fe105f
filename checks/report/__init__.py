"""Reports: they read an examination and compute nothing."""
