"""A reviewer's word that two are one, or that one is two: what it would change, what it changes, and how it is undone.

Each is a review case with its decisions, so that it is reasoned, undone and looked at twice as any other. The words go
into the judgements, where the next run finds them; the people and practices change at once, as that run would leave
them.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

from directory.errors import ConflictError, UsageError
from directory.models import EntityKind, Outcome
from records import audit, clusters, entities, judgements, ledger, reviews
from records.clusters import plan_clusters, save_clusters
from records.codec import digest
from records.database import Session
from records.judgements import Verdict, Word
from records.reviews import Case, CaseDraft, CaseInput, CaseKind, CaseState, Choice, Decision
from resolution.listings import find_base

JUDGED = (CaseKind.MERGE, CaseKind.SPLIT)
MOST_WORDS, WAITING = 2000, 1000
ADVERSE = (Outcome.DISCIPLINED, Outcome.NAME_MISMATCH)
GRAVE_CASES = (CaseKind.DISCIPLINED, CaseKind.MISMATCH, CaseKind.EXCLUSION)
TOGETHER, SPLIT, APART = "person-together", "person-split", "person-apart"  # what a case of these kinds says


@dataclass(frozen=True, slots=True)
class Group:
    """Listings of one person or practice."""

    kind: EntityKind
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a reviewer says of some listings (`ones`) and of others; `rule` is one of the three above."""

    rule: str
    ones: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def kind(self) -> CaseKind:
        """The kind of case that it is."""
        return CaseKind.MERGE if self.rule == TOGETHER else CaseKind.SPLIT


@dataclass(frozen=True, slots=True)
class Part:
    """A person or practice as it is, or as it would be."""

    entity_id: str
    kind: EntityKind
    members: tuple[str, ...]
    is_new: bool = False
    is_revived: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What a proposal would change; `seen` is a mark of all that it was worked out from."""

    proposal: Proposal
    before: tuple[Part, ...]
    after: tuple[Part, ...]
    redirects: Mapping[str, str]
    words: int
    grave: tuple[str, ...]
    seen: str


# --- proposing --------------------------------------------------------------------------------------------


def propose_merge(session: Session, left: str, right: str, *, apart: bool = False) -> Proposal:
    """That two people (or two practices) are one; or `apart`: that they are two, and stay so."""
    one, other = entities.get(session, left), entities.get(session, right)
    if one.id == other.id:
        raise UsageError("These are one already.")
    if one.kind is not other.kind:
        raise UsageError("A person and a practice are never one.")
    if not one.members or not other.members:
        raise UsageError("One of them has no listings any longer: there is nothing to judge.")
    return Proposal(APART if apart else TOGETHER, one.members, other.members)


def propose_split(session: Session, entity_id: str, chosen: Iterable[str]) -> Proposal:
    """That some listings of one person (or practice) are another's; the places of one listing go together."""
    entity = entities.get(session, entity_id)
    bases = {find_base(key) for key in chosen}
    ones = tuple(key for key in entity.members if find_base(key) in bases)
    others = tuple(key for key in entity.members if find_base(key) not in bases)
    if not ones or not others:
        raise UsageError("Tick the listings that are somebody else's; at least one must stay.")
    return Proposal(SPLIT, ones, others)


def preview(session: Session, proposal: Proposal) -> Preview:
    """What would change: nothing has, yet."""
    before = _load_parts(session, (*proposal.ones, *proposal.others))
    groups = _apply(proposal, before)
    plan = plan_clusters(session, groups)
    after = tuple(
        Part(entity_id, group.kind, group.members, entity_id in plan.created, entity_id in plan.revived)
        for entity_id, group in zip(plan.ids, groups, strict=True)
    )
    grave = find_grave(session, [part.entity_id for part in before])
    held = judgements.load_among(session, [key for part in before for key in part.members])
    shown = [f"{part.entity_id} {' '.join(part.members)}" for part in before]
    seen = digest(proposal.rule, *proposal.ones, "|", *shown, "|", *(str(word.id) for word in held), "|", *grave)
    words = len(_list_words(proposal))
    return Preview(proposal, before, after if groups else before, plan.redirected, words, grave, seen)


def find_grave(session: Session, entity_ids: Sequence[str]) -> tuple[str, ...]:
    """Why two people must agree: what weighs on somebody would come to rest on another, or leave them."""
    found = []
    for entity_id in entity_ids:
        adverse = [row for row in ledger.load(session, entity_id) if row.entry.outcome in ADVERSE]
        found += [f"{entity_id}: {row.entry.outcome.value.replace('_', ' ')}" for row in adverse]
        cases = reviews.find_by_entity(session, entities.find_aliases(session, entity_id))
        live = [case for case in cases if case.kind in GRAVE_CASES and case.state is not CaseState.GONE]
        found += [f"{entity_id}: a case, {case.kind.value.replace('-', ' ')}" for case in live]
    return tuple(dict.fromkeys(found))


def propose(session: Session, proposal: Proposal, *, seen: str, heading: str, by: str, reason: str) -> Case:
    """Open the proposal's case and decide it: carried out at once, or once a second person agrees if it is grave.

    Raises ConflictError unless the records are still as the preview with this mark showed them.
    """
    if not reason.strip():
        raise UsageError("Say why: it is kept, and whoever looks at this later has nothing else to go by.")
    clusters.lock(session, [part.entity_id for part in _load_parts(session, (*proposal.ones, *proposal.others))])
    given = preview(session, proposal)
    if given.seen != seen:
        raise ConflictError("Something of this changed since you looked at it. Look at it again.")
    if given.words > MOST_WORDS:
        raise UsageError("These are too many listings to be judged at once. Do it in smaller parts.")
    earlier = _find_waiting(session, proposal)
    if earlier is not None and earlier.state is CaseState.SECOND:
        raise ConflictError("This was proposed already, and waits in the queue for a second person.")
    shown = CaseInput(
        heading=heading,
        rule=proposal.rule,
        explanation=SENTENCES[proposal.rule],
        left=proposal.ones[0],
        right=proposal.others[0],
        ones=proposal.ones,
        others=proposal.others,
        is_grave=bool(given.grave),
        notes=given.grave,
    )
    owner = given.after[0].entity_id if proposal.rule == TOGETHER else given.before[0].entity_id
    key = earlier.key if earlier else uuid.uuid4().hex
    draft = CaseDraft(kind=proposal.kind, key=key, input=shown, entity_id=owner)
    case = reviews.open_case(session, draft)
    return decide(session, case.id, Choice.ACCEPT, version=case.version, by=by, reason=reason.strip())


SENTENCES = {
    TOGETHER: "A reviewer says that these listings are of one.",
    SPLIT: "A reviewer says that some of these listings are of another.",
    APART: "A reviewer says that these are two, however alike their listings are.",
}


def _find_waiting(session: Session, proposal: Proposal) -> Case | None:
    """The case of this very proposal that nobody has settled: it was undone, or waits for a second person."""
    for state in (CaseState.SECOND, CaseState.OPEN, CaseState.LATER):
        for case in reviews.load_queue(session, state=state, kind=proposal.kind, limit=WAITING).cases:
            if read_proposal(case) == proposal:
                return case
    return None


def read_proposal(case: Case) -> Proposal:
    """What a case of these kinds says."""
    return Proposal(case.input.rule or TOGETHER, case.input.ones, case.input.others)


# --- deciding and undoing ---------------------------------------------------------------------------------


def decide(session: Session, case_id: str, choice: Choice, *, version: int, by: str, **more: Any) -> Case:
    """`reviews.decide`; a merge or split that is accepted is carried out in the same transaction."""
    case = reviews.get(session, case_id)
    if case.kind in JUDGED and choice is Choice.EDIT:
        raise UsageError("A merge or split is accepted or rejected; propose another from the person's page.")
    decided = reviews.decide(session, case_id, choice, version=version, by=by, **more)
    if decided.kind in JUDGED and decided.state is CaseState.DECIDED and choice is Choice.ACCEPT:
        decision = reviews.find_last(session, case_id)
        assert decision is not None
        _carry_out(session, read_proposal(decided), decision)
        _note(session, decided, by, "")
    return decided


def undo(session: Session, case_id: str, *, version: int, by: str, reason: str = "") -> Case:
    """`reviews.undo`; of a merge or split that was carried out, the words are taken back and so is the change."""
    before, last = reviews.get(session, case_id), reviews.find_last(session, case_id)
    case = reviews.undo(session, case_id, version=version, by=by, reason=reason)
    if last and case.kind in JUDGED and before.state is CaseState.DECIDED and last.choice is Choice.ACCEPT:
        _take_back(session, read_proposal(case), last, by, reason)
        _note(session, case, by, ".undone")
    return case


def _note(session: Session, case: Case, by: str, ending: str) -> None:
    """Put the act under the id of whom it concerns; the reason is with the case, where it can be erased."""
    action = f"{case.input.rule}{ending}"
    audit.append(session, actor=by, action=action, subject=case.entity_id or case.id, detail={"case": case.id})


def _carry_out(session: Session, proposal: Proposal, decision: Decision) -> None:
    parts = _load_parts(session, (*proposal.ones, *proposal.others))
    held = {key for part in parts for key in part.members}
    if not held & set(proposal.ones) or not held & set(proposal.others):
        raise ConflictError("The listings of one side are no longer there. Reject this, and look at the other again.")
    judgements.add_all(session, _list_words(proposal), by=decision.by, reason=decision.reason, at=decision.at)
    save_clusters(session, _apply(proposal, parts), partial=True)


def _take_back(session: Session, proposal: Proposal, decision: Decision, by: str, reason: str) -> None:
    """Undo the words; then part what the merge joined, or join what the split parted, unless other words forbid it."""
    words = _list_words(proposal)
    judgements.undo_all(session, words, made_by=decision.by, made_at=decision.at, by=by, reason=reason)
    parts = _load_parts(session, (*proposal.ones, *proposal.others))
    held = judgements.load_among(session, [key for part in parts for key in part.members])
    if proposal.rule == TOGETHER:
        if not _are_tied(proposal, held):
            save_clusters(session, _part(proposal, parts), partial=True)
    elif proposal.rule == SPLIT and len(parts) > 1:
        homes = {key: part.entity_id for part in parts for key in part.members}
        if not any(word.verdict is Verdict.NEGATIVE and homes[word.left] != homes[word.right] for word in held):
            save_clusters(session, _join(parts), partial=True)


def _are_tied(proposal: Proposal, held: Sequence[judgements.Judgement]) -> bool:
    """Whether words that still hold make the two sides one."""
    reached = waiting = {find_base(key) for key in proposal.ones}
    ties = [
        {find_base(word.left), find_base(word.right)} for word in held if word.verdict is Verdict.POSITIVE
    ]  # fmt: skip
    while waiting:
        waiting = {key for tie in ties if tie & waiting for key in tie} - reached
        reached = reached | waiting
    return bool(reached & {find_base(key) for key in proposal.others})


# --- which words, which groups ----------------------------------------------------------------------------


def _list_words(proposal: Proposal) -> list[Word]:
    """One word for each pair across, so that it holds whichever listings go; a split also says that each side is one.

    Else the sides might fall apart for want of what lay between them, and not be what the reviewer saw.
    """
    ones, others = _find_bases(proposal.ones), _find_bases(proposal.others)
    across = Verdict.POSITIVE if proposal.rule == TOGETHER else Verdict.NEGATIVE
    words: list[Word] = [(left, right, across) for left, right in product(ones, others)]
    if proposal.rule == SPLIT:
        words += [(left, right, Verdict.POSITIVE) for side in (ones, others) for left, right in pairwise(side)]
    return words


def _find_bases(keys: Iterable[str]) -> list[str]:
    """One listing for all places of one: they are never parted."""
    first: dict[str, str] = {}
    for key in sorted(keys):
        first.setdefault(find_base(key), key)
    return sorted(first.values())


def _load_parts(session: Session, keys: Sequence[str]) -> tuple[Part, ...]:
    """The people or practices that these listings belong to now, in the order of the listings."""
    homes = entities.find_by_listings(session, keys)
    found = [
        entities.get(session, entity_id) for entity_id in dict.fromkeys(homes[key] for key in keys if key in homes)
    ]
    return tuple(Part(item.id, item.kind, item.members) for item in found)


def _apply(proposal: Proposal, parts: Sequence[Part]) -> list[Group]:
    if proposal.rule == TOGETHER:
        return _join(parts)
    return _part(proposal, parts)


def _join(parts: Sequence[Part]) -> list[Group]:
    return [Group(parts[0].kind, tuple(sorted(key for part in parts for key in part.members)))]


def _part(proposal: Proposal, parts: Sequence[Part]) -> list[Group]:
    """Each that holds listings of both sides in two; whatever came since stays with the others."""
    groups, bases = [], {find_base(key) for key in proposal.ones}
    for part in parts:
        ones = tuple(key for key in part.members if find_base(key) in bases)
        others = tuple(key for key in part.members if find_base(key) not in bases)
        if ones and set(others) & set(proposal.others):
            groups += [Group(part.kind, others), Group(part.kind, ones)]
    return groups
