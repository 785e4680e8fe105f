"""What was found once is kept, and asked first ever after: counterexamples and golden digests, a JSON file each."""
