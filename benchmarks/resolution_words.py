"""What the made-up world of listings is written with: nicknames (not the matcher's), streets, practices, cities."""

from __future__ import annotations


def _cells(text: str) -> tuple[str, ...]:
    return tuple(" ".join(cell.split()) for cell in text.split("|"))


_NICKNAMES = _cells(
    """
    robert Bob Rob Robbie | william Bill Will Liam | elizabeth Liz Beth Eliza Lizzy | jennifer Jen Jenny Jenna |
    katherine Kate Katie Kat | michael Mike Mikey | christopher Chris Topher | christine Chris Chrissy | patricia
    Pat Trish Patty | margaret Peg Maggie Meg | susan Sue Susie | deborah Deb Debbie | james Jim Jamie | john Jack
    Johnny | richard Rick Dick Rich | thomas Tom Tommy | barbara Barb Babs | jessica Jess Jessie | rebecca Becky
    Becca | kimberly Kim Kimmy | victoria Vicky Tori | nicole Nikki Nic | amanda Mandy Manda | stephanie Steph
    Stevie | daniel Dan Danny | matthew Matt Matty | joseph Joe Joey | anthony Tony Ant | cynthia Cindy Cyn |
    sandra Sandy Sandi | pamela Pam Pammy | theresa Terry Tess | alexandra Alex Lexi | samantha Sam Sammie |
    benjamin Ben Benji | nicholas Nick Nico | gregory Greg | andrew Andy Drew | david Dave Davey | charles Chuck
    Charlie | melissa Mel Missy | angela Angie Ang | donna Dee | jacqueline Jackie | gwendolyn Gwen | abigail Abby
    """
)
NICKNAMES = {cell.split()[0]: tuple(cell.split()[1:]) for cell in _NICKNAMES}
STREETS = _cells(
    """
    Oak Street | Maple Avenue | Main Street | Second Street | Cedar Lane | Lake Drive | Hill Road | Park Avenue |
    Washington Boulevard | Elm Street | River Road | Sunset Drive | Pine Street | Church Street | Mill Road |
    Highland Avenue | Franklin Street | Center Street | Spring Street | Jackson Street | Walnut Street | Ridge
    Road | Willow Lane | Lincoln Avenue | Madison Street | Prospect Avenue | Garden Court | Valley Road
    """
)
WORDS_A = _cells(
    """
    Serenity | Healing | Balanced | Tranquil | Kneaded | Golden | Blue | Inner | Gentle | Harmony | Lotus | Zen |
    Pure | Restful | Radiant | Stillwater | Sunrise | Willow | Cedar | Evergreen | Mindful | Summit | Harbor |
    Prairie
    """
)
WORDS_B = _cells(
    """
    Hands | Body | Touch | Path | Roots | Motion | Point | Springs | Moon | Garden | Balance | Flow | Life | Light
    """
)
WORDS_C = _cells(
    """
    Massage | Massage Therapy | Wellness | Bodywork | Therapeutic Massage | Massage & Bodywork | Wellness Center |
    Day Spa
    """
)
_CITIES = _cells(
    """
    Denver / CO / 802 / 303 | Aurora / CO / 800 / 720 | Boulder / CO / 803 / 303 | Pueblo / CO / 810 / 719 |
    Seattle / WA / 981 / 206 | Spokane / WA / 992 / 509 | Vancouver / WA / 986 / 360 | Tacoma / WA / 984 / 253 |
    Houston / TX / 770 / 713 | Austin / TX / 787 / 512 | Dallas / TX / 752 / 214 | El Paso / TX / 799 / 915 |
    Miami / FL / 331 / 305 | Tampa / FL / 336 / 813 | Orlando / FL / 328 / 407 | St. Petersburg / FL / 337 / 727 |
    Chicago / IL / 606 / 312 | Peoria / IL / 616 / 309 | Hartford / CT / 061 / 860 | Wilmington / DE / 198 / 302
    """
)
CITIES = tuple((name, region, prefix, area) for name, region, prefix, area in (cell.split(" / ") for cell in _CITIES))
SOURCES = ("own", "guide", "finder", "map", "partner")
LETTERS = ("LMT", "LMT, BCTMB", "RMT", "MMP", "", "", "")
