"""What expressions give here and in the engines of Enketo and ODK, one calculation for each.

Where those two disagree with each other, as they do in places, nothing is learned; where both disagree with ours, it is
either one of `EXPLAINED` or a mistake of ours.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from app.forms import Form
from server.publish.forms import publish
from server.publish.workbook import xform_of
from tests.bench.figures import Figure, tell

Rows = list[dict[str, str]]

CASES: Final = tuple(
    r"""
string(1.0)
string(0.1)
string(1 div 3)
string(-0)
string(1e3)
string(0.0000001)
string(true())
string(1 div 0)
string('a' + 1)
string-length('añb')
string-length('🚨')
string-length('')
string-length(${n})
concat('a', 1, true())
concat('a')
join(', ', 'a', 'b', '')
join('-', ${v})
contains('abc','')
contains('','a')
contains(${t}, 'green')
starts-with('abc','ab')
starts-with('abc','')
ends-with('abc','bc')
ends-with('abc','')
ends-with('','a')
substring('12345',2,3)
substring('12345',2)
substring('12345',1.5,2.6)
substring('12345',0,3)
substring('12345', 0 div 0, 3)
substring('12345',1,0 div 0)
substring('12345',-42, 1 div 0)
substring('12345',-1 div 0, 1 div 0)
substr('hello',1)
substr('hello',1,3)
substr('hello',-3)
substr('hello',-3,-1)
substr('hello',3,1)
substr('hello',10)
substr('hello',0,100)
substring-before('1999/04/01','/')
substring-before('abc','x')
substring-before('abc','')
substring-after('1999/04/01','/')
substring-after('abc','x')
substring-after('abc','')
normalize-space('  a  b  ')
translate('bar','abc','ABC')
translate('--aaa--','abc-','ABC')
translate('aab','ab','x')
regex('abc123','[a-z]+[0-9]+')
regex('abc123','[0-9]+')
regex('abc','^a.*c$')
regex('','^$')
regex(${n}, '^[0-9]$')
digest('abc','MD5','hex')
digest('abc','SHA-1','hex')
digest('abc','SHA-256','hex')
digest('abc','SHA-384','hex')
digest('abc','SHA-512','hex')
digest('abc','SHA-256')
digest('abc','SHA-256','base64')
digest('añ','MD5','hex')
base64-decode('aGVsbG8=')
base64-decode('8J+agA==')
number('1.5')
number('')
number('a')
number(' 7 ')
number('1e3')
number('+1')
number('-.5')
number('1.')
number(true())
number('0x10')
int(3.7)
int(-3.7)
int('5.9')
int('')
round(2.5)
round(-2.5)
round(3.14159,2)
round(12345,-2)
round(-1.25,1)
round(1.005,2)
round(0.5)
round(-0.5)
round('')
floor(-1.5)
ceiling(-1.5)
ceiling(1.2)
floor('')
abs(-3)
abs('x')
pow(2,10)
pow(2,0.5)
pow(0,0)
pow(-8, 1 div 3)
pow(0,-1)
sqrt(16)
sqrt(-1)
exp(1)
exp10(3)
exp10(-2)
log(10)
log(0)
log(-1)
log10(1000)
sin(1)
cos(1)
tan(1)
asin(1)
asin(2)
acos(0)
atan(1)
atan2(1,-1)
pi()
min(3,1,2)
max(3,1,2)
min('', 4)
max(${e}, 4)
max(${v})
min(${v})
sum(${v})
count(${v})
count-non-empty(${v})
count(${visit})
sum(${w})
1 div 0
-1 div 0
0 div 0
5 mod 2
-5 mod 2
5 mod -2
5.5 mod 2
5 mod 0
1 + 2 * 3
(1 + 2) * 3
10 div 4
-${n}
- - 3
2 - -2
'3' + 4
'a' + 1
${e} + 1
${n}+${n}
${n} - 1
${n}-1
boolean('')
boolean('false')
boolean(0)
boolean(-1)
boolean(0 div 0)
not(1)
not('')
true() and false()
true() or false()
1 or 0
'a' and ''
boolean-from-string('true')
boolean-from-string('1')
boolean-from-string('TRUE')
boolean-from-string('yes')
boolean-from-string(1)
1 = 1.0
'1' = 1
'1.0' = '1'
'a' = 'a'
true() = 'false'
true() = 1
'' = 0
${e} = ''
${e} = 0
${e} < 1
${n} = 7
${n} = '7'
${n} != 7
'b' > 'a'
'10' > '9'
'2026-01-02' > '2026-01-01'
${d} > '2026-01-01'
0 != 0
${v} = 2
${v} != 2
${v} > 2
2 = ${v}
${v} = ''
not(${v} = 9)
if(true(),'a','b')
if('', 'a','b')
if(0,1,2)
coalesce('', 'x')
coalesce(${e}, ${t})
coalesce('', '')
once('x')
checklist(1,2, true(), false(), true())
checklist(-1,1,1,1)
checklist(2,-1,'1','0','1')
weighted-checklist(3,9,1,2,0,5,1,2)
weighted-checklist(-1,3,1,2,1,2)
selected('a b c','b')
selected('abc','b')
selected('','')
selected(${t},'green')
selected-at('a b c',1)
selected-at('a b c',5)
selected-at('a b c',-1)
count-selected('a b  c')
count-selected('')
count-selected(${e})
indexed-repeat(${v}, ${visit}, 2)
indexed-repeat(${v}, ${visit}, 9)
${visit}[position() = 2]/v
${visit}[v > 1]/v
sum(${visit}[v > 1]/v)
count(${visit}[v > 1])
/data/n
../n
date('2026-11-23')
date('2026-13-45')
date('x')
date(20000)
date(20000.7)
date('')
date-time('2026-11-23T10:00:00Z')
decimal-date-time('2026-11-23')
decimal-date-time('1970-01-02T00:00:00Z')
decimal-date-time('x')
decimal-time('06:00')
decimal-time('18:00:00')
decimal-time('12:30:00.000Z')
decimal-time('x')
format-date('2026-11-03','%Y-%m-%d')
format-date('2026-11-03','%d/%n/%y')
format-date('2026-11-03','%e %b %Y')
format-date('2026-11-03','%a')
format-date('x','%Y')
format-date('','%Y')
format-date-time('2026-11-03T09:05:07Z','%Y-%m-%d %H:%M:%S')
format-date-time('2026-11-03T09:05:07Z','%h:%M')
format-date-time('2026-11-03T09:05:07.123Z','%3')
format-date('2026-11-03','%%')
format-date('2026-11-03','100% %Y')
${d} + 1
date(${d} + 1)
${d} - '2026-11-20'
date('2026-11-23') - date('2026-11-20')
date('2026-01-31') + 1
int(date('2026-11-23'))
number(${d})
number(date('1970-01-02'))
date('2026-11-23') = '2026-11-23'
'2026-11-23' = date('2026-11-23')
${d} = date('2026-11-23')
${d} < today()
date('1970-01-01') < 1
distance('36.1 -95.9 0 0;36.2 -95.9 0 0')
distance('36.1 -95.9 0 0','36.2 -95.9 0 0')
area('0 0 0 0;0 1 0 0;1 1 0 0;1 0 0 0;0 0 0 0')
area('0 0;0 1')
distance('x')
geofence('0.5 0.5 0 0','0 0 0 0;0 1 0 0;1 1 0 0;1 0 0 0;0 0 0 0')
geofence('2 2 0 0','0 0 0 0;0 1 0 0;1 1 0 0;1 0 0 0;0 0 0 0')
uuid(8) = uuid(8)
string-length(uuid())
string-length(uuid(5))
random() < 1
string-length(today())
jr:choice-name('ok','${s}')
jr:choice-name(${s},'${s}')
jr:choice-name('zz','${s}')
instance('states')/root/item[name = 'tx']/label
count(instance('states')/root/item)
instance('states')/root/item[position() = 2]/name
string(count(randomize(instance('states')/root/item, 42)))
randomize(instance('states')/root/item/name, 42)
""".strip().splitlines()
)

EXPLAINED: Final = {
    "string(0.0000001)": "XPath has no exponents",
    "string-length('🚨')": "a sign is one sign, whatever JavaScript makes of it",
    "regex('abc123','[0-9]+')": "the whole text must match, as in ODK Collect",
    **dict.fromkeys(("number('1e3')", "number('+1')", "number('0x10')"), "no numbers in XPath"),
    **dict.fromkeys(("min('', 4)", "max(${e}, 4)"), "an answer that is not given spoils no other"),
    **dict.fromkeys(("date('x')", "string('a' + 1)"), "how they say that there is none"),
    "decimal-time('12:30:00.000Z')": "a time may have an offset",
    **dict.fromkeys(("round(-2.5)", "round(-1.25,1)", "round(-0.5)"), "halves go up, in XPath and in ODK Collect"),
    **dict.fromkeys(("pow(0,-1)", "log(0)", "1 div 0", "-1 div 0"), "what is not finite is no answer here"),
    **dict.fromkeys((c for c in CASES if c.startswith(("distance('36", "area('0 0 0 0"))), "theirs are rounded"),
}

ENGINES: Final = ("odk", "enketo")
READ: Final = """async ([engine, xml, names]) => {
    const form = await engines.opened[engine](xml);
    await new Promise((done) => setTimeout(done, 300));
    return Object.fromEntries(names.map((name) => [name, form.read(name)]));
}"""


def measure(page: Any, place: Path) -> Iterator[Figure]:
    """How many expressions have a value here that neither engine gives, and no explanation."""
    ours = _ours(list(CASES), place)
    theirs = {engine: _theirs(page, engine, list(CASES)) for engine in ENGINES}
    strange = []
    for case in CASES:
        found = {theirs[engine].get(case) for engine in ENGINES}
        if len(found) == 1 and None not in found and ours[case] not in found and case not in EXPLAINED:
            strange.append(f"{case} is {ours[case]!r} here and {found.pop()!r} in both engines")
    for line in strange:
        tell(f"  {line}")
    same = sum(ours[case] in {theirs[engine].get(case) for engine in ENGINES} for case in CASES)
    tell(f"  form-functions: {len(CASES)} expressions, {same} as in one of the engines, {len(EXPLAINED)} explained")
    yield Figure("form-functions", len(strange), "differences", "<=", 0)


def _ours(cases: list[str], place: Path) -> dict[str, str]:
    path = place / "functions.md"
    path.write_text("\n".join(_markdown(_sheets(cases))), encoding="utf-8")
    form = Form.parse(publish(path, {}))
    live = form.live(form.start())
    return {case: str(live.answers.get(f"c{at}", "")) for at, case in enumerate(cases)}


def _theirs(page: Any, engine: str, cases: list[str]) -> dict[str, str]:
    """The values by expression; what makes an engine stumble is found by halves and left out."""
    if not cases:
        return {}
    names = [f"c{at}" for at in range(len(cases))]
    try:
        read = page.evaluate(READ, [engine, xform_of(_sheets(cases)), names])
    except Exception:  # one expression that it cannot work out spoils the whole form
        half = len(cases) // 2
        return {**_theirs(page, engine, cases[:half]), **_theirs(page, engine, cases[half:])} if half else {}
    # NaN is Enketo's word for no answer.
    return {case: "" if read[name] == "NaN" else read[name] for case, name in zip(cases, names, strict=True)}


def _sheets(cases: list[str]) -> dict[str, Rows]:
    states = (("ok", "Oklahoma"), ("tx", "Texas"), ("ks", "Kansas"))
    return {
        "survey": [
            {"type": "text", "name": "t", "label": "T", "default": "red green"},
            {"type": "integer", "name": "n", "label": "N", "default": "7"},
            {"type": "date", "name": "d", "label": "D", "default": "2026-11-23"},
            {"type": "text", "name": "e", "label": "E"},
            {"type": "select_one states", "name": "s", "label": "S", "default": "ok"},
            {"type": "begin_repeat", "name": "visit", "label": "V", "repeat_count": "3"},
            {"type": "calculate", "name": "v", "calculation": "position(..)"},
            {"type": "text", "name": "w", "label": "W"},
            {"type": "end_repeat"},
            *({"type": "calculate", "name": f"c{at}", "calculation": case} for at, case in enumerate(cases)),
        ],
        "choices": [{"list_name": "states", "name": name, "label": label} for name, label in states],
        "settings": [{"form_title": "Functions", "form_id": "functions"}],
    }


def _markdown(sheets: dict[str, Rows]) -> Iterator[str]:
    for name, rows in sheets.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        yield f"| {name} |"
        yield f"| | {' | '.join(columns)} |"
        for row in rows:
            yield f"| | {' | '.join(row.get(column, '') for column in columns)} |"
