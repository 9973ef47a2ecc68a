"""What may be a PIN or a passphrase: read the same from every keyboard, and not the first thing that a thief tries.

A rule's source: NIST SP 800-63B-4, section 3.1.1 (lengths, normalising, a list of common ones, no rules of
composition). The second key beside every PIN, and the ten tries, carry the rest (docs/decisions/vault.md).
"""

import string
import unicodedata
from typing import Final

SHORTEST_PIN: Final = 6
SHORTEST_PHRASE: Final = 8
LONGEST: Final = 128

# Rows of keys and of the number pad, read in both directions.
_ROWS: Final = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertyuiopasdfghjklzxcvbnm",
)
# PINs that lists of leaked ones begin with and that no other rule here refuses.
_PINS: Final = """
101010 102030 112233 123321 123654 142536 147258 147258369 147852 159357 159753 159951 246810 321654 332211 445566
520131 666999 741852 741852963 753951 778899 789456 789456123 852456 852963 963852 987456 998877
"""
# The words of common passphrases; digits and signs around them do not help.
_WORDS: Final = """
abc abcd abcdef admin administrator america ashley asdf azerty baseball basketball batman beatbook bienvenido changeme
charlie computer contrasena contraseña corvette default deputy district dragon escuela football freedom futbol harley
iloveyou internet jennifer jessica letmein liverpool login master michael monkey mustang notebook officer password
passwort police policeofficer policia princesa princess qwerty qwertz resourceofficer school schoolpolice
schoolresourceofficer secret secreto sheriff starwars sunshine superman teamo tequiero trustno welcome whatever
zxcvbn
"""
_COMMON: Final = frozenset((_PINS + _WORDS).split())
_AROUND: Final = string.digits + string.punctuation + string.whitespace
_LOOKALIKES: Final = str.maketrans("013457@$!", "oleastasi")


class WeakSecret(Exception):
    """Not a good PIN or passphrase.

    `code` is one of weak-short-pin, weak-short-phrase, weak-long, weak-repeated, weak-sequence, weak-common and
    weak-badge.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def tidy(secret: str) -> str:
    """What counts of what was typed: NFC, no space at either end, and of digits with spaces between them the digits."""
    text = unicodedata.normalize("NFC", secret).strip()
    digits = "".join(text.split())
    if digits and all(unicodedata.decimal(sign, None) is not None for sign in digits):
        return "".join(str(unicodedata.decimal(sign)) for sign in digits)
    return text


def drops_spaces(secret: str) -> bool:
    """Whether `tidy` left spaces out, so that the screen can say so."""
    return sum(map(str.isspace, secret)) > sum(map(str.isspace, tidy(secret)))


def check(secret: str, badge: str | None = None) -> None:
    """Raises WeakSecret when this is no good PIN or passphrase for the officer with this badge."""
    text = tidy(secret)
    pin = text.isdecimal()
    if len(text) < (SHORTEST_PIN if pin else SHORTEST_PHRASE):
        raise WeakSecret("weak-short-pin" if pin else "weak-short-phrase")
    if len(text) > LONGEST:
        raise WeakSecret("weak-long")
    text = text.casefold()
    plain = _letters(text)
    if _repeats(text) or len(set(text)) < 3:
        raise WeakSecret("weak-repeated")
    if plain and any(plain in row or plain[::-1] in row for row in _ROWS):
        raise WeakSecret("weak-sequence")
    if badge and _names(plain, badge):
        raise WeakSecret("weak-badge")
    if _common(text):
        raise WeakSecret("weak-common")


def _repeats(text: str) -> bool:
    """Whether it is one piece again and again: 111111, 121212, abcdabcd."""
    return text in (text + text)[1:-1]


def _names(plain: str, badge: str) -> bool:
    """Whether it is little more than the badge's number."""
    number = _letters(badge.casefold())
    return plain == number or (len(number) >= 4 and number in plain and len(plain) - len(number) < 4)


def _common(text: str) -> bool:
    core = text.strip(_AROUND)
    return any(_letters(part) in _COMMON for whole in (text, core) for part in (whole, whole.translate(_LOOKALIKES)))


def _letters(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum())
