"""`python -m tests.bench [store] [forms] [sync] [growth] [fleet] [pages] [scan] [vault]`: all parts, or those named."""

import sys

from tests.bench import fleet, forms, growth, pages, scan, store, sync, vault
from tests.bench.figures import tell

PARTS = {
    "store": store.measure,
    "forms": forms.measure,
    "sync": sync.measure,
    "growth": growth.measure,
    "fleet": fleet.measure,
    "pages": pages.measure,
    "scan": scan.measure,
    "vault": vault.measure,
}


def main(names: list[str]) -> int:
    """Prints one line a figure. 0 unless a part is not known: a goal that is missed is a fact, not a failure."""
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        tell(f"There is no part {unknown[0]!r}. Parts: {', '.join(PARTS)}.")
        return 2
    for name in names or PARTS:
        for figure in PARTS[name]():
            print(figure, flush=True)
    return 0


sys.exit(main(sys.argv[1:]))
