"""The door of gradproof: what a user imports."""
