"""Speed comparisons with named peers; each writes a committed JSON."""
