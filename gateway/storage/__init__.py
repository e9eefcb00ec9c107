"""Files: their rows, their bytes, and who may have them."""
