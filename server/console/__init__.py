"""The district's console: HTML for supervisors at a desk or with a phone in the hand, without a script."""

from fastapi import APIRouter

from server.console import cards, coverage, officers, places, printing, records, schools, sign_in, tours

router = APIRouter(include_in_schema=False)
for part in (
    *(sign_in.router, sign_in.signed_in),
    *(records.router, coverage.router, officers.router, schools.router, places.router, tours.router, cards.router),
    printing.router,
    sign_in.nowhere,
):
    router.include_router(part)
