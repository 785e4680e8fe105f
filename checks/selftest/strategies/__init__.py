"""The three promises of the strategies: valid, wide, small when shrunk; and covering arrays that cover."""
