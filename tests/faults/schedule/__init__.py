"""Months of a district in a second: phones, a district and a bad line between them, driven by a seed."""
