"""Laws about the sheets: their formulas against brute force, their twins against PyTorch's own limits."""
