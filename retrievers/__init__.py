"""Dense and sparse passage retrieval."""
