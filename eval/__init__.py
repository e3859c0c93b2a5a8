"""Data sets, metrics, runs and benchmarks."""
