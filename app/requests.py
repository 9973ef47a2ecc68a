"""What families ask of the officers of a school: requests that came by the page of a card or a tag.

A form that asks `request_status` is one. The district writes it (server/public/), a phone answers it: by a record that
follows it, and by saying how far it is. It is owed until it is closed.
"""

from collections.abc import Iterable
from typing import Final

from app.followups import FOLLOWS
from app.forms import ATTACHED, Form
from app.revisions import Answers

STATUS: Final = "request_status"
NEW: Final = "new"
CLOSED: Final = "closed"
ANSWERED: Final = "answered"
# The forms of the records that a request becomes, the likelier one first, by the kind of request.
_BECOMES: Final = {
    "call_back": ("parent_contact", "community_complaint"),
    "problem": ("community_complaint", "parent_contact"),
}
# A request's question and the name that it has in a form which follows it, where that is another one.
_RENAMED: Final = {"name": "reporter_name", "phone": "reporter_phone", "email": "reporter_email"}
# What is known of a conversation that began with a request.
_KNOWN: Final = {"direction": "in", "channel": "card"}


def is_request(form: Form) -> bool:
    """Whether records of this form are requests: no officer begins one."""
    return form.field(STATUS) is not None


def is_open(answers: Answers) -> bool:
    """Whether something is still to be done about a request with these answers."""
    return answers.get(STATUS) != CLOSED


def is_urgent(answers: Answers) -> bool:
    """Whether the words of a request sounded like an emergency when it came."""
    return answers.get("urgent") == "yes"


def becomes(answers: Answers, forms: Iterable[Form]) -> list[Form]:
    """The forms by which a request with these answers is followed, of those in use, the likelier one first."""
    known = {form.id: form for form in forms}
    return [known[name] for name in _BECOMES.get(str(answers.get("kind")), ()) if name in known]


def taken_over(form: Form, answers: Answers, record: str) -> Answers:
    """What a record of this form begins with that follows a request: what it asks by the same names, or other ones.

    Photos stay with the request, and so does what the form does not take (a choice it does not have, a longer text).
    """
    named = {name: value for name, value in _KNOWN.items() if form.field(name)}
    for name, value in answers.items():
        for asked in (name, _RENAMED.get(name, "")):
            if (field := form.field(asked)) is not None and field.type not in ATTACHED:
                named[asked] = value
    wrong = {problem.field for problem in form.check(named).values() if problem.code != "required"}
    taken = {name: value for name, value in named.items() if name not in wrong}
    return taken | ({FOLLOWS: record} if form.field(FOLLOWS) else {})
