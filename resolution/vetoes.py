"""What keeps two listings apart however much else agrees."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA

from directory.names import Agreement
from directory.names.tables import load_nicknames
from resolution.pairs import CODE, Pairs
from resolution.table import Mask

REASONS = (
    "",
    "a person and a practice",
    "the names are two people's",
    "two NPIs",
    "two licence numbers of one board",
)
NAMES = 2


def find_vetoes(pairs: Pairs, *, names_decide: bool = True) -> npt.NDArray[np.int8]:
    """For each pair, why these two can never be one, as a position in `REASONS`; 0 if nothing forbids it."""
    table = pairs.table
    found = np.zeros(len(pairs), np.int8)
    numbers = pairs.both(table.licences) & ~pairs.same(table.licences)
    found[pairs.judge(table.licences, numbers, _contradict) > 0] = 4
    found[pairs.both(table.npi) & ~pairs.same(table.npi)] = 3
    if names_decide:
        different = pairs.both(table.given) & (pairs.names.given == CODE[Agreement.DIFFERENT])
        unlike = different & (pairs.alike(table.given, different) < 0.75) & ~pairs.change_places
        initial = different & (table.is_initial[pairs.left] | table.is_initial[pairs.right])
        unlike = np.where(initial, pairs.judge(table.given, initial, _is_foreign_initial) > 0, unlike)
        found[(pairs.names.vetoes | unlike) & (pairs.shared_marks == 0)] = NAMES
    found[table.is_person[pairs.left] != table.is_person[pairs.right]] = 1
    return found


def are_surely_two(pairs: Pairs) -> Mask:
    """Where two real given names so clearly differ that `find_vetoes` would find two people: far quicker to tell."""
    table = pairs.table
    names = table.is_plain_name[pairs.left] & table.is_plain_name[pairs.right] & ~pairs.both(table.marks)
    names &= pairs.unlike(table.given_sound) & pairs.unlike(table.given_start)
    given, other = table.given.codes[pairs.left], table.given.codes[pairs.right]
    kindred = np.isin((given.astype(np.int64) << 32) | other, table.kindred_givens)
    swapped = table.given.hashes[pairs.left] == table.family.hashes[pairs.right]
    names &= ~kindred & ~swapped
    return names & ~pairs.near(table.given, names)


def describe_veto(pairs: Pairs, place: int, veto: int) -> str:
    """The veto of one pair in words."""
    return ", ".join(pairs.compare_one(place).reasons) if veto == NAMES else REASONS[veto]


def _is_foreign_initial(given: str, other: str) -> bool:
    """Whether an initial begins neither the other given name nor one that its bearer may go by."""
    initial, name = sorted((given, other), key=len)
    return initial not in {form[0] for form in (name, *load_nicknames().get(name, ()))}


def _contradict(licences: str, others: str) -> bool:
    """Whether a board gave two numbers that no single keystroke explains, and no number is shared."""
    ones, twos = (set(text.split(";")) for text in (licences, others))
    if ones & twos:
        return False
    for one in ones:
        for two in twos:
            (board, _, number), (other_board, _, other_number) = one.rpartition(" "), two.rpartition(" ")
            if board == other_board and OSA.distance(number, other_number, score_cutoff=1) > 1:
                return True
    return False
