"""The road between phone and district: what both ends say, how revisions merge, the phone's engine."""
