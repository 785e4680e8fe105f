"""Laws about the words: a case and its text, a subject and what it may return."""
