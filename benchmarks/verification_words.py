"""What the made-up world of verification is written with: cities, names, short forms, practices, slips of a key."""

from __future__ import annotations

import random
from importlib.resources import files
from itertools import accumulate

# State → cities (biggest first), how its board writes numbers, and where its numbers begin.
STATES: dict[str, tuple[list[str], str, int]] = {
    state: (cities.split(), written, first)
    for state, cities, written, first in (
        ("WA", "Seattle Tacoma Spokane Vancouver Bellevue Everett Yakima Olympia Kent Renton", "MA{:08d}", 60100000),
        ("CO", "Denver Boulder Aurora Lakewood Pueblo Arvada Greeley Longmont Durango Loveland", "MT.{:07d}", 10000),
        ("TX", "Houston Austin Dallas Plano Laredo Lubbock Irving Denton Waco Frisco", "MT{:06d}", 100000),
        ("FL", "Miami Tampa Orlando Naples Ocala Hialeah Sarasota Largo Deltona Stuart", "MA{}", 40000),
        ("CT", "Hartford Stamford Norwalk Danbury Bristol Meriden Milford Shelton", "{:06d}", 4000),
    )
}
# The population's own short forms; the matcher has another list.
_SHORT_FORMS = """
william bill will billy liam; robert bob rob bobby; richard rick rich dick; james jim jimmy jamie; john jack johnny
michael mike mick; elizabeth liz beth betsy eliza lisa; katherine kate kathy katie; margaret maggie peggy meg
patricia pat patty trish; jennifer jen jenny; deborah deb debbie; susan sue suzie; thomas tom tommy; christopher chris
daniel dan danny; matthew matt; anthony tony; steven steve; joseph joe joey; charles chuck charlie; rebecca becky becca
barbara barb; cynthia cindy; kimberly kim; stephanie steph; theresa terri tess; victoria vicky tori
alexandra alex sandra lexi; samantha sam; nicholas nick; edward ed eddie ted; jonathan jon; andrew andy drew
timothy tim; gregory greg; pamela pam; judith judy; jacqueline jackie; valerie val; abigail abby gail
madeline maddie; benjamin ben; zachary zach; kenneth ken kenny; ronald ron; donald don; gerald jerry gerry
philip phil; frances fran; constance connie; dorothy dot dottie; eleanor ellie nell; virginia ginny
"""
SHORT = {
    words[0]: words[1:]
    for line in _SHORT_FORMS.strip().splitlines()
    for group in line.split(";")
    if (words := group.split())
}
PRACTICES = (
    "Serenity Massage", "Healing Hands", "Bodyworks Clinic", "River Therapeutic Massage", "Summit Bodywork",
    "Still Water Massage", "Align Wellness", "Kneaded Touch", "Cedar Clinic", "Harbor Massage",
    "Balance Studio",
)  # fmt: skip
SYLLABLES = "ba ko ri nu tel mar vin dos qua fen lo zi shar el wyn ock ter ane"
KEYS = {"a": "sq", "e": "wr", "i": "uo", "o": "ip", "n": "bm", "r": "et", "s": "ad", "t": "ry", "l": "k", "m": "n"}


class Names:
    """Names drawn by how common they are in the population."""

    def __init__(self, rows: list[tuple[str, int]]):
        self.names = [name.capitalize() for name, _ in rows]
        self.sums = list(accumulate(weight for _, weight in rows))

    def draw(self, rng: random.Random) -> str:
        """One name."""
        return rng.choices(self.names, cum_weights=self.sums)[0]


def load_names(name: str) -> Names:
    """The names of a table of `directory.names`, as common as its census counts them."""
    lines = [line.split("\t") for line in (files("directory.names") / name).read_text("utf-8").splitlines()]
    rows = [line for line in lines if len(line) > 1 and line[-1].isdigit() and len(line[0]) > 2]
    weighted = [(row[0], sum(map(int, row[1:]))) for row in rows]
    return Names([(name, weight) for name, weight in weighted if weight])
