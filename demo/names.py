"""Names, towns and streets that the made-up world is drawn from."""

from __future__ import annotations

from demo.model import Town

DENVER = Town(
    name="Denver", region="CO", country="US", area_code="303", postal_codes=("80202", "80205", "80209", "80211")
)
BOULDER = Town(name="Boulder", region="CO", country="US", area_code="720", postal_codes=("80302", "80304"))
SEATTLE = Town(name="Seattle", region="WA", country="US", area_code="206", postal_codes=("98101", "98103", "98115"))
TACOMA = Town(name="Tacoma", region="WA", country="US", area_code="253", postal_codes=("98402", "98405"))
VANCOUVER = Town(name="Vancouver", region="WA", country="US", area_code="360", postal_codes=("98660", "98662"))
WILMINGTON = Town(name="Wilmington", region="DE", country="US", area_code="302", postal_codes=("19801", "19806"))
DOVER = Town(name="Dover", region="DE", country="US", area_code="302", postal_codes=("19901", "19904"))
STONY_PLAIN = Town(name="Stony Plain", region="AB", country="CA", area_code="780", postal_codes=("T7Z 1A1", "T7Z 2K3"))
SPRUCE_GROVE = Town(name="Spruce Grove", region="AB", country="CA", area_code="780", postal_codes=("T7X 1B2",))
EDMONTON = Town(name="Edmonton", region="AB", country="CA", area_code="780", postal_codes=("T5J 0K1", "T6E 1X4"))
TORONTO = Town(name="Toronto", region="ON", country="CA", area_code="416", postal_codes=("M5V 2T6", "M4Y 1R5"))
BRAMPTON = Town(name="Brampton", region="ON", country="CA", area_code="905", postal_codes=("L6Y 1M5", "L6W 3J7"))
MONTREAL = Town(
    name="Montréal", region="QC", country="CA", area_code="514", postal_codes=("H2X 1Y4", "H3A 1B9"), language="fr"
)
WICHITA = Town(name="Wichita", region="KS", country="US", area_code="316", postal_codes=("67202", "67203"))
SAN_DIEGO = Town(name="San Diego", region="CA", country="US", area_code="619", postal_codes=("92101", "92103"))
PORTLAND = Town(name="Portland", region="OR", country="US", area_code="503", postal_codes=("97209", "97214"))

TOWNS = (
    DENVER, DENVER, DENVER, BOULDER, BOULDER, SEATTLE, SEATTLE, SEATTLE, TACOMA, VANCOUVER, WILMINGTON, DOVER,
    EDMONTON, SPRUCE_GROVE, TORONTO, TORONTO, BRAMPTON, WICHITA, SAN_DIEGO, PORTLAND,
)  # fmt: skip

LANGUAGES = {
    "Toronto": ("French", "Cantonese", "Portuguese"),
    "Brampton": ("Punjabi", "Hindi"),
    "Seattle": ("Spanish", "Vietnamese"),
    "Tacoma": ("Spanish", "Korean"),
    "Edmonton": ("French", "Ukrainian"),
    "Stony Plain": ("Ukrainian",),
}

GIVEN = (
    "Amelia", "Beatrix", "Callum", "Delphine", "Elspeth", "Farrah", "Graham", "Harriet", "Imogen", "Jasper", "Keiko",
    "Lionel", "Marisol", "Nadia", "Orla", "Priya", "Quentin", "Rosalind", "Soren", "Tamsin", "Ursula", "Viktor",
    "Winifred", "Yusuf", "Zelda", "Anton", "Bettina", "Clement", "Dinah", "Emeka", "Fiona", "Gideon", "Hollis", "Ines",
    "Joaquin", "Kirsten", "Leopold", "Maeve", "Noelle", "Oswald", "Petra", "Rafael", "Sunniva", "Theodora", "Walter",
)  # fmt: skip

FAMILY = (
    "Abernethy", "Brightwater", "Castellane", "Dunmore", "Eastlake", "Fairbairn", "Greenhalgh", "Hollingworth",
    "Inverarity", "Jessamy", "Kettleby", "Larkspur", "Merriweather", "Northcote", "Oakhurst", "Pemberley", "Quill",
    "Rosenthal", "Silverdale", "Thistlewood", "Underhay", "Vandermeer", "Winterbourne", "Yarrow", "Ashdown", "Birchall",
    "Coldstream", "Dovecote", "Elderfield", "Foxglove", "Goldsworthy", "Hartwell", "Islington", "Juniper", "Kingsmere",
    "Lindqvist", "Moorcroft", "Nightingale", "Osterhaus", "Pennyworth", "Ravenscroft", "Stillwater", "Tanglewood",
)  # fmt: skip

STREETS = (
    "Juniper Street", "Larch Avenue", "Mill Road", "Orchard Lane", "Harbour Street", "Station Road", "Cedar Avenue",
    "Foundry Street", "Chapel Street", "Meadow Lane", "Quarry Road", "Willow Street", "Garden Avenue", "Ferry Street",
)  # fmt: skip

FIRST_WORDS = (
    "Juniper", "Riverbend", "Lantern", "Clearwater", "Foothill", "Harbour", "Copper Leaf", "Northlight", "Meadowlark",
    "Still Pine", "Blue Heron", "Cornerstone", "Wildrose", "Silver Birch", "Quiet Tide", "Red Alder", "High Plains",
    "Tamarack", "Morning Ridge", "Evergreen", "Granite", "Prairie", "Summit", "Fernhill", "Kestrel", "Larkfield",
)  # fmt: skip

MEDICAL_WORDS = (
    "Clinical Massage", "Therapeutic Massage", "Medical Massage", "Massage Therapy Clinic", "Injury & Massage Clinic",
    "Neuromuscular Therapy", "Bodywork Clinic", "Rehabilitation Massage",
)  # fmt: skip

SPA_WORDS = ("Day Spa", "Massage & Spa", "Spa Retreat", "Wellness Spa")
