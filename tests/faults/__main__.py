"""`python -m tests.faults [--share 0.01] [kill] [power] …`: all faults, or those named; a share of the goal's numbers.

Prints one line a figure.
"""

import argparse
import sys

from tests.faults import (
    at_rest,
    bombs,
    cursor,
    digest,
    flip,
    forms,
    full,
    kill,
    model,
    network_cut,
    power,
    proxy,
    restore,
    schedules,
    server_kill,
    tab_kill,
)

_PHONE = (kill, power, flip, full, tab_kill, model, at_rest, forms)
_ROAD = (schedules, proxy, digest, network_cut, server_kill, cursor, restore, bombs)
PARTS = {part.NAME: part.measure for part in (*_PHONE, *_ROAD)}


def main() -> int:
    """0 when nothing was lost, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    parser.add_argument("--share", type=float, default=1.0, help="of the runs that the goals ask for")
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.parts if name not in PARTS]:
        parser.error(f"There is no part {unknown[0]!r}. Parts: {', '.join(PARTS)}.")
    worst = 0
    for name in arguments.parts or PARTS:
        for figure in PARTS[name](arguments.share):
            print(figure, flush=True)
            worst |= figure.op == "<=" and not figure.ok
    return worst


if __name__ == "__main__":
    sys.exit(main())
