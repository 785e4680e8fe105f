"""Property tests of the reference layers: what CI runs. README.md beside this file is the map."""
