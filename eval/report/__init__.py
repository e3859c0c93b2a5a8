"""Tables, bins, plots and pages of runs (`reading`, `table`, `bins`, `formats`, `writing`)."""
