"""The Python door: what is asked, what is answered, what is refused."""
