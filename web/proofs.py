"""Whose request it is: proved by a letter to an address that the practice itself publishes, which a link in it answers.

The form's answer offers it; nobody can send the letter anywhere else.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from directory.errors import GoneError, NotFoundError, TooManyTriesError, UsageError
from notices.messages import parse_address
from records import mail, requests, reviews
from records.reviews import CaseState
from search.interface import TherapistDocument
from web import link_pages
from web.admin.access import check_origin
from web.keys import Purpose, make_path, read_key
from web.letters import write_proof
from web.limits import name_client
from web.pages import Visit, open_visit
from web.patients import find_document
from web.site import Site
from web.values import Link, clean

router = APIRouter(prefix="/corrections", include_in_schema=False)
LETTERS_A_DAY = 3  # about one listing, whoever asks
MOST_ADDRESSES = 5


def offer(visit: Visit, case_id: str, document: TherapistDocument) -> Response:
    """Thanks for a request that is said to be one's own, and the offer to prove it."""
    say = visit.language.say
    addresses = list_addresses(document)
    return visit.page(
        "proof.html",
        headers=link_pages.PRIVATE,
        title=say("Thank you"),
        name=clean(document.name, 120),
        addresses=[mask(address) for address in addresses],
        send_path=make_path(visit.site.settings, Purpose.CASE, case_id, document.id, lang=visit.lang_param),
    )


@router.post("/proof")
def send(request: Request, key: str = "", address: Annotated[int, Form()] = 0) -> Response:
    """Send the letter to the chosen one of the listing's own addresses."""
    visit = open_visit(request)
    check_origin(request)
    if not request.app.state.corrections.take(name_client(request)).allowed:
        raise TooManyTriesError("Many requests came from here. Try again in an hour.")

    def act() -> Response:
        site, say = visit.site, visit.language.say
        case_id, entity_id = read_key(site.settings, Purpose.CASE, key)
        document = _find_published(site, entity_id)
        addresses = list_addresses(document)
        if not 0 <= address < len(addresses):
            raise UsageError("There is no such address.")
        with site.database.begin() as session:
            now = session.now()
            if reviews.get(session, case_id).state in (CaseState.DECIDED, CaseState.GONE):
                raise GoneError("This request was settled.")
            if requests.count_proofs(session, document.id, now - timedelta(days=1)) >= LETTERS_A_DAY:
                raise TooManyTriesError("Enough letters went to this practice today. Try again tomorrow.")
            proof = requests.ask_for_proof(session, case_id=case_id, entity_id=document.id, address=addresses[address])
            name = clean(document.name, 160)
            mail.queue(session, write_proof(site.settings, proof, name=name, language=visit.language, at=now))
        text = say("A letter is on its way to %(address)s. Its link works once, for three days.")
        text = text.replace("%(address)s", mask(addresses[address]))
        return link_pages.say_done(visit, "mail", say("Please look at your mail"), text)

    return _answer(visit, act)


@router.get("/prove")
def show(request: Request, key: str = "") -> Response:
    """The page behind the letter's link: one button."""
    visit = open_visit(request)

    def act() -> Response:
        (proof_id,) = read_key(visit.site.settings, Purpose.PROOF, key)
        with visit.site.database.read() as session:
            proof = requests.get_proof(session, proof_id)
        say, document = visit.language.say, _find_published(visit.site, proof.entity_id)
        heading = say("Did you ask for this?")
        text = say("It is about %(name)s. Press the button only if you, or your practice, sent the request.")
        return link_pages.ask(
            visit, heading, text.replace("%(name)s", clean(document.name, 120)), say("Yes, it is ours")
        )

    return _answer(visit, act)


@router.post("/prove")
def prove(request: Request, key: str = "") -> Response:
    """Note that whoever reads the practice's mail stands behind the request; once."""
    visit = open_visit(request)
    check_origin(request)

    def act() -> Response:
        (proof_id,) = read_key(visit.site.settings, Purpose.PROOF, key)
        with visit.site.database.begin() as session:
            requests.prove(session, proof_id)
        say = visit.language.say
        return link_pages.say_done(
            visit, "check", say("Thank you"), say("The reviewer sees it. A person decides within two working days.")
        )

    return _answer(visit, act)


def list_addresses(document: TherapistDocument) -> list[str]:
    """The addresses published for a listing that a letter can go to."""
    found = []
    for text in document.emails[:MOST_ADDRESSES]:
        try:
            found.append(parse_address(text))
        except UsageError:
            continue
    return list(dict.fromkeys(found))


def mask(address: str) -> str:
    """An address so that its owner knows it and a stranger does not learn it."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"


def _find_published(site: Site, entity_id: str) -> TherapistDocument:
    try:
        return find_document(site, entity_id)
    except NotFoundError as error:
        raise GoneError("This listing is no longer published.") from error


def _answer(visit: Visit, act: link_pages.Act) -> Response:
    text = visit.language.say("It was used already, or it is too old, or the request was settled.")
    again = Link(visit.language.say("Report a mistake"), visit.url("/corrections"))
    return link_pages.answer(visit, act, text=text, again=again)
