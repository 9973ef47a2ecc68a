"""The district's console: HTML for supervisors at a desk or with a phone in the hand, without a script."""

from fastapi import APIRouter

from server.console import cards, coverage, officers, place_table, places, printing, records, schools, sign_in, tours

router = APIRouter(include_in_schema=False)
for part in (
    *(sign_in.router, sign_in.signed_in),
    *(records.router, coverage.router, officers.router, schools.router),
    *(place_table.router, places.router, tours.router, cards.router),  # or "import" would be taken for a place
    printing.router,
    sign_in.nowhere,
):
    router.include_router(part)
