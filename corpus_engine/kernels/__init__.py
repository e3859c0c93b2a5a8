"""Compiled loops over memory-mapped files.

Kernels take addresses as plain integers, because numba's dispatch of an integer costs a quarter of
that of an array and every query pays it. Each kernel checks an address against the sizes in the
handle before it loads, whatever the files say; only wrappers in `corpus_engine.search` call them.
"""
