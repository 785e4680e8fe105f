"""Real layers of other people, examined as a user would: examples to copy, and what was found wrong in them."""
