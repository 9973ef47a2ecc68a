"""Faults of every kind under the phone's notebook, counted: `make faults`. A share of each runs in `make test`."""
