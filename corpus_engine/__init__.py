"""Exact n-gram and co-occurrence statistics over a suffix array on disk."""
