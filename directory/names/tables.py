"""The name lists: real given names and surnames with how common they are, and who is called what."""

from __future__ import annotations

import re
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
    for canonical, short_names in [*NickNamer.default_lookup().items(), *_MORE.items(), *_read_short_forms().items()]:
        for listed in short_names:
            for short in (listed, *_pet_forms(listed)):
                if short != canonical and not _is_doubtful(canonical, short):
                    names[canonical].add(short)
                    names[short].add(canonical)
    for group in _SPELLINGS:
        for one, other in combinations(group.split(), 2):
            names[one].add(other)
            names[other].add(one)
    return {name: frozenset(others) for name, others in names.items()}


def _read_short_forms() -> dict[str, set[str]]:
    """The lines of `_SHORT_FORMS`: a name and what people of that name are called."""
    lines = (line.split() for line in _SHORT_FORMS.replace(";", "\n").splitlines())
    return {words[0]: set(words[1:]) for words in lines if words}


def _pet_forms(short: str) -> set[str]:
    """Other spellings of a nickname: Allie is Ally is Ali, Rob is Robby is Robbie, Kate is Katie."""
    stem = next((short[: -len(end)] for end in ("ie", "ey", "ee", "y", "i") if short.endswith(end)), "")
    if len(stem) >= 3:
        return {stem + end for end in ("y", "ie", "i")} - {short}
    if re.fullmatch(r"[^aeiouy]*[aeiou][bdgklmnprt]", short) and 3 <= len(short) <= 4:
        return {short + short[-1] + end for end in ("y", "ie", "i")}
    if re.fullmatch(r"[^aeiouy]*[aeiou][^aeiouyh]e", short) and 4 <= len(short) <= 5:
        return {short[:-1] + end for end in ("y", "ie", "ey")}
    return set()


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
# Everyday English short forms that the package lacks.
_SHORT_FORMS = """
abigail gail; adelaide addie; adeline addie; agnes aggie; alan al; albert bertie; alexander xander zander lex sander
alexandra allie; alexia lexi; alfred alfie; alice allie; alison allie; allison allie ali; alonzo lonnie; amelia millie
andrea andi; annabelle belle; antonia toni; arthur artie; augustus augie gus; benjamin benji; bernadette bernie
bernice bernie; bertram bert; bethany beth; candace candy; candice candy; caroline callie carrie; carolyn carrie
cassandra cass cassie; catherine cate kate katie; cecilia cece; charlene charlie; charles chip chaz chas chuck
charlotte charlie lottie; christian chris kris; christopher kris chip; christina krissy kristi; christine krissy
cornelia corrie; daniela dani; daniella dani; danielle danny; david davy; dennis denny; derek del; dolores dolly
dorothy dodie; douglas dougie; eleanor ellie nell; elias eli; elisabeth beth liz; elizabeth ellie izzy bess bette
emily em millie; emmanuel manny; enrico rico; esther essie; eva evie; evelyn evie; felicia fee; florence flo; fiona fi
frances frannie; franklin frankie; gabriel gabe; gabrielle gabby; gabriella gabby; georgina gina georgie; gerard gerry
geraldine geri jeri; gregory gregg; harriet hattie; heather heath; helen nell; henrietta etta hettie; herbert herbie
isaac ike; isabella bella izzy; isabelle belle izzy; isidore izzy; jacob jake; jacqueline jacky jacqui
jacquelyn jackie; james jay jamie jimmy; jane janie janey; jason jay jace; jean jeanie; jeanette jean nettie
jeremiah jerry; jeremy jerry; jillian jill; joanna jo joey; joanne jo; jonathan johnny jonny; joshua josh; judith jodi
julian jules; julia jules; julie jules; katherine kate katie kitty; kathleen kate kat katie; kelly kel
kimberley kim kimmy; kristin kristy kris; kristen kristy kris; kristina kris krissy kristy
kristine kris krissy kristy; laura laurie; lawrence laurie; leonard len; lillian lil lillie; linda lindy
lindsay lindy; lindsey lindy; louise lou lulu; lucille lucy lou; lucinda cindy; madeleine maddie; madeline maddie
madelyn maddie; magdalena maggie lena; marcia marcy; margaret mae maisie mags; marianne mari; marjorie marge margie
martha marty; martin marty; martina tina; mary mae molly mamie; matilda tilly; maureen mo; maurice mo moe; maxine max
maxwell max; megan meg; melanie mel; melinda mindy mel; melissa mel missy lissa; michaela mickey kayla
michele shelly mickey; michelle mickey shelly; mildred millie; millicent millie; miranda mindy randi; mitchell mitch
monica mona nica; morris moe; natalia nat talia; natalie nat; natasha tasha nat; nathan nate; nathaniel nat nate
nicholas nicky; nicola nicky; olivia liv livvy; pamela pam; patrick pat paddy; paul paulie; penelope penny
percival percy; philippa pippa; priscilla cilla; rachel rae; raymond ray; rebecca becky becca; regina gina
reginald reg; richard richie ricky; robert robbie bobby; roberta bobbi robbie; rodney rod; ronald ronnie; rosalie rose
rosemary rosie; roxana roxy; roxanne roxy; sabrina bri brina; salvador sal; samuel sammy; sandra sandy
sebastian seb bastian; sharon shari; shirley shirl; simon si; stephanie steph stevie; stephen stevie; stewart stew
stuart stu; susan suzi susie sue; susanna sue susie; suzanne suzy sue; sylvia syl; tabitha tabby; tamara tammy tam
tanya tan; terence terry; teresa terri tess; terrence terry; theodora theo dora; theodore ted theo
theresa terri tess tessa; tiffany tiff; timothy timmy; tobias toby; trevor trev; tyler ty; tyrone ty; valentina val
valerie val; vanessa nessa; veronica ronnie; victor vic; victoria vicki tori vic; vincent vinnie; violet vi
virginia ginny; vivian viv; walter walt wally; wesley wes; wilhelmina billie mina; william liam willie; yolanda yoli
yvonne von; zachariah zach; zachary zack
"""
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
