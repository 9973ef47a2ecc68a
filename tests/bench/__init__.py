"""Measurements against baselines of the same run: `make bench`, or `make bench PART=store`."""
