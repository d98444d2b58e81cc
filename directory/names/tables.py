"""The name lists: real given names and surnames with how common they are, and who is called what."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from importlib.resources import files
from itertools import combinations

from nicknames import NickNamer
from rapidfuzz.distance import OSA

from directory.names.fold import sound
from directory.names.words import word_set


def _load_rows(name: str) -> list[list[str]]:
    text = (files("directory.names") / name).read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return rows[1:]


@lru_cache(maxsize=1)
def load_given() -> dict[str, tuple[int, int]]:
    """Folded given name → occurrences a million among women and among men."""
    return {name: (int(female), int(male)) for name, female, male in _load_rows("given.tsv")}


@lru_cache(maxsize=1)
def load_family() -> dict[str, int]:
    """Folded surname → occurrences a million."""
    return {name: int(people) for name, people in _load_rows("family.tsv")}


@lru_cache(maxsize=1)
def load_nicknames() -> dict[str, frozenset[str]]:
    """Folded name → names the same person may go by, directly (Robert → Bob, Rob).

    Pairs one letter apart that sound different (Julie/Julia, Emil/Emily) are left out: they are usually two people.
    """
    names: defaultdict[str, set[str]] = defaultdict(set)
    for canonical, short_names in [*NickNamer.default_lookup().items(), *_MORE.items()]:
        for short in short_names:
            if short != canonical and not _is_doubtful(canonical, short):
                names[canonical].add(short)
                names[short].add(canonical)
    for group in _SPELLINGS:
        for one, other in combinations(group.split(), 2):
            names[one].add(other)
            names[other].add(one)
    return {name: frozenset(others) for name, others in names.items()}


def _is_doubtful(one: str, other: str) -> bool:
    if frozenset((one, other)) in _NOT_NICKNAMES:
        return True
    if OSA.distance(one, other) > 1 or sound(one) == sound(other):
        return False
    return not (other.endswith(("y", "ie", "ey")) and other.startswith(one[: len(other) - 2])) and other not in _CLIPPED


@lru_cache(maxsize=1)
def load_siblings() -> dict[str, frozenset[str]]:
    """Folded nickname → other nicknames of the same full name (Liz → Beth): agreeing, but less surely."""
    nicknames = load_nicknames()
    formal = NickNamer.default_lookup()
    siblings: defaultdict[str, set[str]] = defaultdict(set)
    for canonical, short_names in formal.items():
        kept = [
            short for short in short_names if short in nicknames.get(canonical, ()) and len(formal.get(short, ())) < 4
        ]
        for one, other in combinations(sorted(kept), 2):
            if not _is_doubtful(one, other):
                siblings[one].add(other)
                siblings[other].add(one)
    return {name: frozenset(others) for name, others in siblings.items()}


def is_given(key: str) -> bool:
    """Whether a folded token is a real given name."""
    return key in load_given() or key in load_nicknames()


def is_family(key: str) -> bool:
    """Whether a folded token is a known surname."""
    return key in load_family()


def count_given(key: str) -> int:
    """Occurrences a million of a given name, both sexes."""
    female, male = load_given().get(key, (0, 0))
    return female + male


_NOT_NICKNAMES = {
    frozenset(pair.split("/"))
    for pair in word_set(
        "aaron/erin aron/erin andrea/andrew earnest/ernestine laurinda/lawrence paul/polly william/bell seymour/see "
        "louis/louise emil/emily justin/justina edwin/edwina frederick/frederica angel/angela marian/marion "
        "sophia/sophie julia/julie julie/julia mariah/maria jane/janie helen/ellen helena/ellen"
    )
}
_CLIPPED = word_set("pete steve abe mose dell dick bill rob ken tom teri kate rick zak jess lou nan lil")
# Spanish, French, Vietnamese-American and younger short forms that the package lacks.
_MORE: dict[str, set[str]] = {
    "francisco": {"paco", "pancho", "frank", "cisco", "kiko"},
    "jose": {"pepe", "joe", "joey"},
    "guadalupe": {"lupe", "lupita"},
    "ignacio": {"nacho"},
    "jesus": {"chuy", "jesse"},
    "alejandro": {"alex", "ale", "jandro"},
    "alejandra": {"alex", "ale", "sandra"},
    "guillermo": {"memo", "memito", "william", "bill"},
    "enrique": {"kike", "quique", "henry", "rick"},
    "roberto": {"beto", "robert", "rob", "bobby"},
    "alberto": {"beto", "albert", "al"},
    "eduardo": {"lalo", "eddie", "ed", "edward"},
    "gonzalo": {"chalo"},
    "rosario": {"charo", "rosie"},
    "concepcion": {"concha", "conchita", "connie"},
    "dolores": {"lola", "lolita"},
    "mercedes": {"meche", "mercy"},
    "graciela": {"chela", "grace"},
    "isabel": {"chabela", "isa", "bel", "izzy"},
    "maria": {"mari", "mary"},
    "teresa": {"tere", "terry", "tess"},
    "antonio": {"tony", "tono", "toni"},
    "juan": {"juancho", "john", "johnny"},
    "miguel": {"mike", "michael", "mikey"},
    "carlos": {"charlie", "carlitos", "charles"},
    "jorge": {"george"},
    "luis": {"lucho", "louis", "lou"},
    "manuel": {"manny", "manolo"},
    "rafael": {"rafa", "ralph"},
    "ricardo": {"rick", "ricky", "richard", "rico"},
    "fernando": {"nando", "fer"},
    "gabriela": {"gaby", "gabby", "gabi"},
    "leticia": {"letty", "lety"},
    "patricia": {"paty", "patti", "tricia", "trisha"},
    "beatriz": {"bety", "bea", "betty"},
    "jean": {"jeannot"},
    "jacques": {"jack"},
    "guillaume": {"will", "guy"},
    "genevieve": {"gen", "ginny", "gene", "viv"},
    "frederic": {"fred"},
    "frederique": {"fred"},
    "dominique": {"dom", "nikki"},
    "veronique": {"vero", "nic"},
    "stephanie": {"steph", "stef", "steffi"},
    "stephane": {"steph"},
    "nathalie": {"nat", "nath"},
    "catherine": {"cat", "cath", "kat"},
    "katherine": {"kat", "kath"},
    "kathryn": {"kat", "kath", "kathy", "kate", "katie"},
    "benoit": {"ben"},
    "mathieu": {"mat", "matt"},
    "alexandre": {"alex"},
    "alexandra": {"lexi", "lexie"},
    "alexis": {"lexi", "lexie", "alex"},
    "makenzie": {"kenzie"},
    "mackenzie": {"kenzie", "mack"},
    "brittany": {"britt", "brit"},
    "courtney": {"court"},
    "kimberly": {"kim", "kimmy", "kimmie"},
    "danielle": {"dani", "danni"},
    "nicole": {"nikki", "nicki", "nic"},
    "michelle": {"shelly", "shelley", "mich"},
    "jennifer": {"jen", "jenn", "jenny", "jenni"},
    "jessica": {"jess", "jessie"},
    "madison": {"maddie", "maddy"},
    "samantha": {"sam", "sammi", "sammie"},
    "christina": {"chris", "tina", "christy", "chrissy"},
    "christine": {"chris", "chrissy", "christy"},
    "christopher": {"chris", "topher", "kit"},
    "jonathan": {"jon", "jonny", "nathan"},
    "nicholas": {"nick", "nic", "nico"},
    "zachary": {"zach", "zack"},
    "joseph": {"joe", "joey", "jo"},
    "josephine": {"jo", "josie", "joey"},
    "elizabeth": {"liz", "beth", "betsy", "betty", "eliza", "lizzie", "libby", "liza", "lisa", "elsie", "lizbeth"},
    "margaret": {"meg", "peggy", "maggie", "marge", "margie", "greta", "rita", "madge", "peg"},
    "thanh": {"tom"},
    "phuong": {"phoebe"},
}
_SPELLINGS = (
    "steven stephen stefan",
    "carol carole",
    "clare claire clair",
    "diane dian dianne",
    "jeffrey geoffrey jeffery",
    "jeff geoff",
    "katherine catherine kathryn katharine cathryn",
    "kristin kristen kirsten",
    "kristina christina",
    "kristine christine",
    "kristy christy kristie christie",
    "kris chris",
    "caitlin kaitlin kaitlyn caitlyn katelyn",
    "megan meghan meagan",
    "lindsay lindsey",
    "rebecca rebekah",
    "deborah debra debora",
    "marc mark",
    "eric erik",
    "karl carl",
    "kathleen cathleen",
    "phillip philip",
    "sean shawn shaun",
    "gary garry",
    "larry lawrence laurence",
    "lauren lauryn",
    "michele michelle",
    "rachel rachael",
    "theresa teresa",
    "susan suzanne",
    "zoe zoey",
    "aiden aidan",
    "jaden jayden",
    "mohammed mohamed muhammad mohammad",
)
