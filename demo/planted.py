"""The practices that show what Palpate is for, one planted case each."""

from __future__ import annotations

from dataclasses import dataclass

from demo import names
from demo.model import Person, Shape, Town


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A practice that shows one case; what it does not say is drawn from the seed.

    `number` is the licence the register holds for the person, `printed` the one their page shows (None: the same).
    """

    slug: str
    name: str
    town: Town
    person: Person
    outcomes: tuple[str, ...]
    case: str
    why: str
    number: int | None = None
    printed: str | None = None
    status: str = "Active"
    expires_in_days: int = 420
    discipline: str = ""
    register_family: str = ""
    licence_type: str = ""
    in_nppes: bool = True
    medical: bool = True
    shape: Shape = Shape.PLAIN_SITE
    techniques: tuple[str, ...] = ("deep-tissue", "trigger-point", "myofascial-release")
    conditions: tuple[str, ...] = ("low-back-pain", "neck-pain", "sciatica", "chronic-pain")
    insurance: str = "auto"
    excluded: bool = False
    note: str = ""


NERVES = ("nerve-compression", "carpal-tunnel", "sciatica", "thoracic-outlet", "neck-pain")

PLANTED = (
    Planted(
        case="alberta-rmt", slug="wildrose-clinical", name="Wildrose Clinical Massage", town=names.STONY_PLAIN,
        person=Person(given="Tamsin", family="Birchall", letters="RMT", claim="Registered Massage Therapist (RMT)"),
        outcomes=("no_register",), why="Alberta has no massage register: RMT is an association's title there.",
        techniques=("neuromuscular", "myofascial-release", "cupping"), conditions=NERVES, insurance="direct",
        shape=Shape.GRAPH_SITE,
    ),
    Planted(
        case="alberta-no-title", slug="tamarack-bodywork", name="Tamarack Bodywork Clinic", town=names.STONY_PLAIN,
        person=Person(given="Soren", family="Inverarity"),
        outcomes=("no_claim",), why="The page claims no title and no number.",
        techniques=("orthopedic-massage", "trigger-point", "stretching"), conditions=(*NERVES, "headache"),
        insurance="no", shape=Shape.MICRODATA,
    ),
    Planted(
        case="current", slug="foothill-clinical", name="Foothill Clinical Massage", town=names.DENVER,
        person=Person(given="Rosalind", middle="Mae", family="Fairbairn", letters="LMT"), number=18211,
        outcomes=("verified",), why="Name, number and town agree with Colorado's register.", shape=Shape.GRAPH_SITE,
    ),
    Planted(
        case="expired", slug="copper-leaf-massage", name="Copper Leaf Therapeutic Massage", town=names.DENVER,
        person=Person(given="Gideon", family="Hartwell", letters="LMT"), number=15540, expires_in_days=-75,
        status="Expired", outcomes=("expired",), why="The licence ran out 75 days ago.",
    ),
    Planted(
        case="expired-but-active-word", slug="high-plains-massage", name="High Plains Massage Therapy",
        town=names.DENVER,
        person=Person(given="Bettina", family="Elderfield", letters="LMT"), number=16023, expires_in_days=-20,
        outcomes=("expired",), why="The register still says Active, but the expiry date has passed.",
    ),
    Planted(
        case="inactive", slug="granite-bodywork", name="Granite Bodywork", town=names.BOULDER,
        person=Person(given="Quentin", family="Oakhurst", letters="LMT"), number=14987, status="Inactive",
        outcomes=("inactive",), why="The board lists the licence as inactive.",
    ),
    Planted(
        case="mistyped-number", slug="kestrel-neuromuscular", name="Kestrel Neuromuscular Therapy", town=names.DENVER,
        person=Person(given="Marisol", family="Greenhalgh", letters="LMT"), number=19446, printed="19464",
        outcomes=("review",), why="The printed number is one keystroke from the one under this name.",
        techniques=("neuromuscular", "trigger-point", "stretching"),
    ),
    Planted(
        case="no-number", slug="silver-birch-therapy", name="Silver Birch Massage Therapy", town=names.DENVER,
        person=Person(given="Keiko", family="Winterbourne", letters="LMT", claim="Licensed Massage Therapist"),
        number=17702, outcomes=("review",), why="No number is printed; a name alone never verifies.",
    ),
    Planted(
        case="stolen-number", slug="summit-sports-massage", name="Summit Sports Massage", town=names.DENVER,
        person=Person(given="Oswald", family="Underhay", letters="LMT"), printed="18211",
        outcomes=("name_mismatch", "review"), why="The number belongs to somebody else.",
        techniques=("sports-massage", "stretching", "cupping"), conditions=("sports-injury", "low-back-pain"),
    ),
    Planted(
        case="married-name", slug="meadowlark-massage", name="Meadowlark Medical Massage", town=names.BOULDER,
        person=Person(given="Petra", family="Lindqvist-Yarrow", letters="LMT"), number=16871,
        register_family="Lindqvist", outcomes=("verified", "review"),
        why="The register holds one half of the double name.",
    ),
    Planted(
        case="excluded-namesake", slug="cornerstone-massage", name="Cornerstone Therapeutic Massage",
        town=names.BOULDER,
        person=Person(given="Walter", family="Ashdown", letters="LMT"), number=17345, outcomes=("verified",),
        why="Somebody of this name is on an exclusion list; a name alone marks nobody in public.",
    ),
    Planted(
        case="washington-current", slug="northlight-medical", name="Northlight Medical Massage", town=names.SEATTLE,
        person=Person(given="Harriet", middle="Jo", family="Ravenscroft", letters="LMT"), number=60412873,
        outcomes=("verified",), why="Washington's register agrees, and NPPES gives the town for the same number.",
        conditions=("whiplash", "motor-vehicle-injury", "neck-pain", "headache"),
    ),
    Planted(
        case="namesake", slug="blue-heron-clinic", name="Blue Heron Massage Clinic", town=names.TACOMA,
        person=Person(given="Harriet", middle="Jo", family="Ravenscroft", letters="LMT"), number=60977120,
        in_nppes=False,
        outcomes=("review", "verified"), why="Another licensee has the same name; nothing ties this one to a town.",
    ),
    Planted(
        case="disciplined", slug="harbour-injury-massage", name="Harbour Injury & Massage Clinic", town=names.SEATTLE,
        person=Person(given="Lionel", family="Coldstream", letters="LMT"), number=60118364,
        status="ACTIVE ON PROBATION", discipline="Yes", outcomes=("disciplined",),
        why="The board has the licence on probation; a person confirms it before it is public.",
    ),
    Planted(
        case="delaware-technician", slug="brandywine-bodywork", name="Brandywine Bodywork", town=names.WILMINGTON,
        person=Person(given="Noelle", family="Dovecote", letters="CMT", claim="Certified Massage Technician"),
        number=4417, licence_type="Certified Massage Technician", outcomes=("verified",),
        why="A current certificate, but a technician may not take referrals (24 Del. C. §5307).",
    ),
    Planted(
        case="delaware-therapist", slug="first-state-massage", name="First State Medical Massage",
        town=names.WILMINGTON,
        person=Person(given="Emeka", family="Goldsworthy", letters="LMT"), number=2291, outcomes=("verified",),
        why="A licensed therapist, who may take referrals.", conditions=("low-back-pain", "sciatica", "post-operative"),
    ),
    Planted(
        case="relaxation-spa", slug="quiet-tide-spa", name="Quiet Tide Day Spa", town=names.SEATTLE, medical=False,
        person=Person(given="Zelda", family="Foxglove", letters="LMT"), number=60733915,
        techniques=("swedish", "hot-stone", "aromatherapy", "couples-massage"), conditions=("stress",), insurance="",
        outcomes=("verified",), why="A current licence, but a spa: relaxation, not medical massage.",
        shape=Shape.ONE_PAGE,
    ),
    Planted(
        case="kansas", slug="prairie-therapeutic", name="Prairie Therapeutic Massage", town=names.WICHITA,
        person=Person(given="Clement", family="Thistlewood", letters="LMT", claim="Licensed Massage Therapist"),
        outcomes=("no_register",), why="Kansas does not license massage therapists.",
    ),
    Planted(
        case="ontario-rmt", slug="lantern-rmt", name="Lantern Massage Therapy Clinic", town=names.BRAMPTON,
        person=Person(given="Priya", family="Stillwater", letters="RMT", claim="Registered Massage Therapist (RMT)"),
        outcomes=("review",), why="Ontario's register is look-up only: a person checks it.", insurance="direct",
    ),
    Planted(
        case="script-built", slug="evergreen-clinical", name="Evergreen Clinical Bodywork", town=names.VANCOUVER,
        person=Person(given="Viktor", family="Hollingworth", letters="LMT"), number=60290551, outcomes=("verified",),
        why="The page is an empty shell; everything is in its JSON-LD.", shape=Shape.SHELL,
        techniques=("orthopedic-massage", "deep-tissue"), conditions=("motor-vehicle-injury", "chronic-pain"),
    ),
    Planted(
        case="french-page", slug="massotherapie-du-rosier", name="Massothérapie du Rosier", town=names.MONTREAL,
        person=Person(given="Delphine", family="Castellane", claim="Massothérapeute agréée"),
        outcomes=("no_register", "no_claim"), why="A page in French; Quebec has no register.",
        techniques=("manual-lymphatic-drainage", "trigger-point", "myofascial-release"),
        conditions=("low-back-pain", "neck-pain", "sciatica", "headache", "post-operative"), insurance="no",
    ),
    Planted(
        case="spanish-page", slug="masaje-del-puente", name="Masaje Médico del Puente", town=names.SAN_DIEGO,
        person=Person(given="Joaquin", family="Merriweather", letters="CMT", claim="CAMTC #52118"),
        outcomes=("review", "no_register"), why="A page in Spanish; California's certification is voluntary.",
        techniques=("manual-lymphatic-drainage", "sports-massage", "cupping"),
        conditions=("low-back-pain", "sciatica", "neck-pain", "migraine", "work-injury"), insurance="no",
    ),
    Planted(
        case="excluded-by-number", slug="red-rock-massage", name="Red Rock Therapeutic Massage", town=names.DENVER,
        person=Person(given="Theodora", family="Kingsmere", letters="LMT"), number=18933, excluded=True,
        outcomes=("verified", "review"), why="The exclusion list holds this very NPI: a reviewer is told, nobody else.",
    ),
    Planted(
        case="student-work", slug="larkspur-hands", name="Larkspur Hands Massage", town=names.BOULDER,
        person=Person(given="Nadia", family="Quill", letters="LMT", claim="Licensed Massage Therapist"),
        outcomes=("review", "no_claim"), why="The page says that it is a student's work: it is held back.",
        note="This website is a student project, made for educational purposes only.",
    ),
)  # fmt: skip
