"""The district's console: HTML for supervisors at a desk or with a phone in the hand, without a script."""

from fastapi import APIRouter

from server.console.cards import router as cards
from server.console.officers import router as officers
from server.console.places import router as places
from server.console.records import router as records
from server.console.schools import router as schools
from server.console.sign_in import nowhere, signed_in
from server.console.sign_in import router as sign_in

router = APIRouter(include_in_schema=False)
for part in (sign_in, signed_in, records, officers, schools, places, cards, nowhere):
    router.include_router(part)

__all__ = ["router"]
