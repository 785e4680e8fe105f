"""gradproof beside other checkers, in one run: what each finds, where each is wrong, how long each takes."""
