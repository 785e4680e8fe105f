"""Which cases a subject is examined on: what it is like, what it takes, and how a case is brought inside of that."""
