"""Merging two people, splitting one, keeping two apart: shown first, confirmed with a reason, and undone like any."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice, product
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query
from starlette.responses import RedirectResponse, Response

from directory.errors import PalpateError
from directory.models import Listing
from records import entities, ledger, reviews
from records.database import Session
from records.ledger import LedgerRow
from records.reviews import Case, CaseState
from records.users import Role
from resolution import judging
from resolution.explain import explain_merge
from resolution.finding import FoundListing, find_listings
from resolution.judging import APART, JUDGED, SPLIT, TOGETHER, Part, Preview, Proposal
from search.interface import DocumentCredential
from search.standing import find_speaking, make_credentials
from verification.badge import rate_credential
from verification.claims import gather_claims, make_claimants
from verification.entries import make_withdrawal
from verification.model import Mode
from verification.places import rate_places
from verification.wording import place_name
from web.admin.access import Desk, Reading, Reviewing
from web.admin.compare import KIND_LABELS
from web.admin.rooms import show
from web.values import clean

router = APIRouter(prefix="/people/{entity_id}")
Reason = Annotated[str, Form(max_length=2000)]
Keys = Annotated[list[str] | None, Query(max_length=1000)]
EXPLAINED = 30  # pairs
UNDECIDED = (CaseState.OPEN, CaseState.LATER, CaseState.SECOND)
TITLES = {TOGETHER: "Make them one?", SPLIT: "Split off?", APART: "Keep them apart?"}
WORDS = {
    TOGETHER: "You say that all these listings are of one. The next runs keep it so, whatever else they find.",
    SPLIT: "You say that the listings of each side are of one, and that the sides are two. The next runs keep it so.",
    APART: "You say that these are two. No run merges them, however alike their listings become.",
}
DONE = {TOGETHER: "together", SPLIT: "split", APART: "apart"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """A person as their public page shows them, or would show them."""

    id: str
    name: str
    said: str  # what becomes of the id
    badges: tuple[str, ...]
    credentials: tuple[str, ...]
    facts: tuple[str, ...]
    listings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewView:
    """A merge or split before it is confirmed."""

    rule: str
    title: str
    words: str
    before: tuple[PartView, ...]
    after: tuple[PartView, ...]
    redirects: tuple[tuple[str, str], ...]
    changes: tuple[str, ...]  # of the public pages
    why: str  # what the rules say
    cases: tuple[tuple[str, str, str], ...]  # id, heading, what becomes of it
    grave: tuple[str, ...]
    seen: str


# --- looking ----------------------------------------------------------------------------------------------


@router.get("/merge")
def show_merge(desk: Reading, entity_id: str, other: str, apart: bool = False) -> Response:
    """What it would change if these two were one (or `apart`: were kept two); nothing has changed yet."""
    with desk.visit.site.database.read() as session:
        proposal = judging.propose_merge(session, entity_id, other, apart=apart)
        view = make_preview(session, judging.preview(session, proposal), desk.visit.site.today())
    return _show(desk, entity_id, view, {"other": [other]}, other=other)


@router.get("/split")
def show_split(desk: Reading, entity_id: str, listing: Keys = None) -> Response:
    """What it would change if these listings were another's; nothing has changed yet."""
    with desk.visit.site.database.read() as session:
        proposal = judging.propose_split(session, entity_id, listing or ())
        view = make_preview(session, judging.preview(session, proposal), desk.visit.site.today())
    return _show(desk, entity_id, view, {"listing": list(proposal.ones)})


def _show(desk: Desk, entity_id: str, view: PreviewView, fields: Mapping[str, list[str]], other: str = "") -> Response:
    act = "split" if view.rule == SPLIT else "merge"
    return show(
        desk,
        "admin/joining.html",
        title=view.title,
        preview=view,
        action=f"/admin/people/{entity_id}/{act}",
        entity_id=entity_id,
        fields=fields,
        apart_url=desk.visit.url(f"/admin/people/{entity_id}/merge", other=other, apart="true")
        if view.rule == TOGETHER
        else None,
        may_decide=desk.may(Role.REVIEWER),
    )


# --- confirming -------------------------------------------------------------------------------------------


@router.post("/merge")
def merge(
    desk: Reviewing,
    entity_id: str,
    *,
    other: Annotated[str, Form(max_length=60)] = "",
    seen: Annotated[str, Form(max_length=80)] = "",
    apart: Annotated[bool, Form()] = False,
    reason: Reason = "",
) -> Response:
    """Make two people one, or keep them two; ConflictError if anything changed since it was looked at."""
    with desk.visit.site.database.begin() as session:
        proposal = judging.propose_merge(session, entity_id, other, apart=apart)
        case = _propose(desk, session, proposal, seen, reason)
    return _lead_back(desk, case)


@router.post("/split")
def split(
    desk: Reviewing,
    entity_id: str,
    *,
    listing: Annotated[list[str] | None, Form(max_length=1000)] = None,
    seen: Annotated[str, Form(max_length=80)] = "",
    reason: Reason = "",
) -> Response:
    """Give some of a person's listings to another; ConflictError if anything changed since it was looked at."""
    with desk.visit.site.database.begin() as session:
        proposal = judging.propose_split(session, entity_id, listing or ())
        case = _propose(desk, session, proposal, seen, reason)
    return _lead_back(desk, case)


def _propose(desk: Desk, session: Session, proposal: Proposal, seen: str, reason: str) -> Case:
    names = [_find_name(find_listings(session, side)) for side in (proposal.ones, proposal.others)]
    heading = f"{names[0] or proposal.ones[0]} / {names[1] or proposal.others[0]}"
    case = judging.propose(session, proposal, seen=seen, heading=heading, by=desk.user.name, reason=reason)
    settle(session, case, desk.visit.site.today())
    return case


def _lead_back(desk: Desk, case: Case) -> Response:
    done = "second" if case.state is CaseState.SECOND else DONE[case.input.rule or TOGETHER]
    return RedirectResponse(desk.visit.url(f"/admin/people/{case.entity_id}", done=done, case=case.id), 303)


def settle(session: Session, case: Case, today: date) -> None:
    """After a merge or split was carried out or undone: nobody keeps what was found of a claim that is not theirs.

    The next check would say so too; until then somebody else's status would stand on their page.
    """
    if case.kind not in JUDGED:
        return
    keys = (*case.input.ones, *case.input.others)
    for entity_id in sorted(set(entities.find_by_listings(session, keys).values())):
        members = entities.get(session, entity_id).members
        found = find_listings(session, members)
        if len(found) < len(members):
            continue  # something is not read as it was: the next run knows better
        made = _list_claims(item.listing for item in found.values())
        stale = [row.entry for row in ledger.load(session, entity_id) if row.entry.claim_id not in made]
        ledger.append_many(
            session, [make_withdrawal(entity_id, entry.claim_id, today, Mode(entry.mode)) for entry in stale]
        )


def _list_claims(listings: Iterable[Listing]) -> set[str]:
    published = [listing for listing in listings if listing.publish]
    return {claim.claim_id for claim in gather_claims(make_claimants(published))}


# --- the preview ------------------------------------------------------------------------------------------


def find_preview(session: Session, case: Case, today: date) -> PreviewView | None:
    """What accepting a case would change now; None if it asks for nothing of the kind, or can't be done any more."""
    if case.kind not in JUDGED or case.state not in UNDECIDED:
        return None
    try:
        return make_preview(session, judging.preview(session, judging.read_proposal(case)), today)
    except PalpateError:
        return None


def make_preview(session: Session, given: Preview, today: date) -> PreviewView:
    """A preview in plain values: pages before and after, addresses, cases."""
    found = find_listings(session, [key for part in given.before for key in part.members])
    rows = {part.entity_id: ledger.load(session, part.entity_id) for part in given.before}
    all_rows = [row for group in rows.values() for row in group]
    before = tuple(_make_part(part, found, rows[part.entity_id], today, "") for part in given.before)
    after = tuple(
        _make_part(part, found, _find_rows(part, found, all_rows, given), today, _say_id(part)) for part in given.after
    )
    return PreviewView(
        rule=given.proposal.rule,
        title=TITLES[given.proposal.rule],
        words=WORDS[given.proposal.rule],
        before=before,
        after=after,
        changes=tuple(_list_changes(before, after)),
        why=_explain(given.proposal, found),
        redirects=tuple(given.redirects.items()),
        cases=tuple(_list_cases(session, given, found)),
        grave=given.grave,
        seen=given.seen,
    )


def _find_rows(
    part: Part, found: Mapping[str, FoundListing], rows: Sequence[LedgerRow], given: Preview
) -> list[LedgerRow]:
    """What is known of the claims that the part's listings make, and that its page would show at once."""
    if given.proposal.rule == TOGETHER:
        return rows_by_claim(rows)
    made = _list_claims(found[key].listing for key in part.members if key in found)
    own = [row for row in rows if not part.is_new and (not part.is_revived or row.entry.entity_id == part.entity_id)]
    return [row for row in own if row.entry.claim_id in made or given.proposal.rule == APART]


def rows_by_claim(rows: Iterable[LedgerRow]) -> list[LedgerRow]:
    """The latest row of each claim."""
    return list({row.entry.claim_id: row for row in sorted(rows, key=lambda row: row.seq)}.values())


def _list_changes(before: Iterable[PartView], after: Iterable[PartView]) -> Iterable[str]:
    """What changes on the pages that keep their address."""
    then = {part.id: part for part in after}
    for old in before:
        if (new := then.get(old.id)) is None:
            continue
        if old.badges != new.badges:
            yield f"{old.name}: the badge was “{'; '.join(old.badges)}”, and is then “{'; '.join(new.badges)}”."
        gained = [text for text in new.credentials if text not in old.credentials]
        lost = [text for text in old.credentials if text not in new.credentials]
        yield from (f"{old.name}: shows “{text}” as well." for text in gained)
        yield from (f"{old.name}: no longer shows “{text}”." for text in lost)


def _explain(proposal: Proposal, found: Mapping[str, FoundListing]) -> str:
    """What the rules say of the two that are most alike across the sides."""
    sides = [[found[key].listing for key in side if key in found] for side in (proposal.ones, proposal.others)]
    pairs = [explain_merge(left, right) for left, right in islice(product(*sides), EXPLAINED)]
    return max(pairs, key=lambda pair: pair.weight).sentence if pairs else ""


def _say_id(part: Part) -> str:
    if part.is_new:
        return "gets an address of its own"
    return "gets back the address it once had" if part.is_revived else "keeps its address"


def _make_part(
    part: Part, found: Mapping[str, FoundListing], rows: Sequence[LedgerRow], today: date, said: str
) -> PartView:
    listings = [found[key].listing for key in part.members if key in found]
    published = [listing for listing in listings if listing.publish]
    credentials = make_credentials(rows, published)
    towns = [", ".join(name for name in (item.city, item.region) if name) for item in published]
    lists = (towns, [item.phone for item in published], [item.website for item in published])
    facts = [", ".join(dict.fromkeys(clean(text, 80) for text in texts if text)) for texts in lists]
    return PartView(
        id=part.entity_id,
        name=_find_name({key: found[key] for key in part.members if key in found}) or part.entity_id,
        said=said,
        badges=_list_badges(part, credentials, published, today),
        credentials=tuple(
            clean(f"{item.text or item.title}: {rate_credential(item, on=today).label}", 200) for item in credentials
        ),
        facts=tuple(text for text in facts if text),
        listings=tuple(_name_listing(key, found) for key in part.members),
    )


def _list_badges(
    part: Part, credentials: Sequence[DocumentCredential], listings: Sequence[Listing], today: date
) -> tuple[str, ...]:
    """The badge in each state or province of practice."""
    regions = [listing.region for listing in listings]
    standings = rate_places(find_speaking(part.kind, credentials), regions, on=today)
    return tuple(f"{place_name(one.region)}: {one.badge.label}" if one.region else one.badge.label for one in standings)


def _name_listing(key: str, found: Mapping[str, FoundListing]) -> str:
    if key not in found:
        return key
    listing = found[key].listing
    name = listing.name or listing.title or listing.practice or key
    return clean(f"{name} ({listing.source}{', ' + listing.city if listing.city else ''})", 200)


def _find_name(found: Mapping[str, FoundListing]) -> str:
    names: list[Any] = [item.listing.name or item.listing.practice or item.listing.title for item in found.values()]
    return next((clean(name, 120) for name in names if name), "")


def _list_cases(session: Session, given: Preview, found: Mapping[str, FoundListing]) -> Iterable[tuple[str, str, str]]:
    """The open cases that this touches, and what becomes of each."""
    kept = {part.entity_id: part for part in given.after}
    for part in given.before:
        cases = reviews.find_by_entity(session, entities.find_aliases(session, part.entity_id))
        stays = kept.get(part.entity_id)
        made = _list_claims(found[key].listing for key in stays.members if key in found) if stays else set[str]()
        for case in cases:
            if case.state is CaseState.GONE or case.kind in JUDGED or case.claim_id is None:
                continue
            if stays is None:
                told = (
                    f"falls away; asked anew under {given.redirects.get(part.entity_id, 'the other')} if it still holds"
                )
            elif case.claim_id not in made:
                told = "falls away here; asked anew of what is split off, if it still holds"
            else:
                continue
            label = KIND_LABELS.get(case.kind, case.kind)
            yield case.id, f"{label} · {clean(case.input.heading, 120)} ({case.state})", told
