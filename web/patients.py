"""The patients' pages."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from directory.errors import GoneError, NotFoundError
from directory.names.fold import fold
from directory.vocabularies import Term
from records import entities
from search.interface import TherapistDocument
from web import guide
from web.pages import Visit, open_visit
from web.query import parse_form
from web.results_view import make_results_view
from web.searching import FACETS, answer_search
from web.site import Site
from web.term_view import make_term_view
from web.therapist_view import make_therapist_view
from web.values import Link
from web.words import explain_badges

router = APIRouter(include_in_schema=False)

STARTING_POINTS = (
    "low-back-pain", "neck-pain", "shoulder-pain", "sciatica", "headache", "carpal-tunnel", "whiplash",
    "sports-injury", "jaw-pain", "plantar-fasciitis", "lymphedema", "pregnancy",
)  # fmt: skip


@router.get("/")
def show_front(request: Request) -> Response:
    """The front page: one box, and ways to start."""
    visit = open_visit(request)
    say = visit.language.say
    examples = [
        say("trapped nerve near Stony Plain"),
        say("RMT in Ottawa, ON"),
        say("sore lower back in Denver"),
    ]
    return visit.page(
        "front.html",
        indexed=True,
        title=say("Massage therapists with a checked licence"),
        description=say(
            "Find a medical massage therapist near you whose licence was looked up in the board's own register."
        ),
        examples=[Link(words, visit.url("/search", q=words)) for words in examples],
        conditions=[_link_term(visit, visit.site.vocabulary.conditions[term_id]) for term_id in STARTING_POINTS],
    )


@router.get("/search")
def show_results(request: Request) -> Response:
    """The results page."""
    visit = open_visit(request)
    form = parse_form(request.query_params.multi_items())
    view = make_results_view(visit, form, answer_search(visit.site, form, facets=FACETS))
    about = visit.language.say(
        "Find a medical massage therapist near you whose licence was looked up in the board's own register."
    )
    return visit.page("results.html", title=view.heading, description=f"{view.heading}. {about}", view=view)


@router.get("/therapists/{therapist_id}")
def show_therapist(request: Request, therapist_id: str) -> Response:
    """One therapist; a merged id leads to the one it lives on in, a removed one says so."""
    visit = open_visit(request)
    document = find_document(visit.site, therapist_id)
    if document.id != therapist_id:
        return RedirectResponse(visit.url(f"/therapists/{document.id}"), 301)
    view = make_therapist_view(visit, document)
    return visit.page("therapist.html", indexed=True, title=view.name, description=view.description, view=view)


def find_document(site: Site, document_id: str) -> TherapistDocument:
    """The document, following merges; raises NotFoundError, or GoneError once removed."""
    try:
        return site.reader.get(document_id)
    except GoneError:
        raise
    except NotFoundError:
        with site.database.read() as session:
            entity = entities.get(session, document_id)
        if entity.closed_at is not None:
            raise GoneError("This listing is no longer published.") from None
        return site.reader.get(entity.id)


@router.get("/conditions")
@router.get("/techniques")
def show_terms(request: Request) -> Response:
    """Every condition, or every technique, by name."""
    visit = open_visit(request)
    say, vocabulary = visit.language.say, visit.site.vocabulary
    if request.url.path == "/conditions":
        terms, heading = vocabulary.conditions, say("Conditions")
        lead = say("What people come to a medical massage therapist with.")
    else:
        terms, heading = vocabulary.techniques, say("Techniques")
        lead = say("The ways of working you will read about, in plain words.")
    links = sorted((_link_term(visit, term) for term in terms.values()), key=lambda link: fold(link.label))
    return visit.page("terms.html", indexed=True, title=heading, heading=heading, lead=lead, terms=links)


@router.get("/conditions/{term_id}")
@router.get("/techniques/{term_id}")
def show_term(request: Request, term_id: str) -> Response:
    """A condition or technique in plain words, with its cautions."""
    visit = open_visit(request)
    vocabulary = visit.site.vocabulary
    terms = vocabulary.conditions if request.url.path.startswith("/conditions/") else vocabulary.techniques
    term = terms.get(term_id)
    if term is None:
        raise NotFoundError("There is no such condition or technique.")
    view = make_term_view(visit, term)
    return visit.page("term.html", indexed=True, title=view.title, description=view.definition, view=view)


@router.get("/badges")
def show_badges(request: Request) -> Response:
    """What each badge means."""
    visit = open_visit(request)
    return visit.page(
        "badges.html",
        indexed=True,
        title=visit.language.say("What the badges mean"),
        badges=explain_badges(visit.language),
    )


@router.get("/guide")
def show_guide(request: Request) -> Response:
    """Medical or relaxation: a comparison, five questions, a session's steps."""
    visit = open_visit(request)
    return visit.page(
        "guide.html",
        indexed=True,
        title=visit.language.say("Medical or relaxation massage?"),
        description=visit.language.say(
            "How medical massage differs from relaxation massage, and five questions that find you a therapist."
        ),
        comparison=guide.list_comparison(visit.language),
        questions=guide.list_questions(visit.language),
        session=guide.list_session(visit.language),
    )


@router.get("/guide/search")
def follow_guide(request: Request) -> Response:
    """The search that the five answers ask for."""
    visit = open_visit(request)
    form = guide.make_guided_search(request.query_params)
    return RedirectResponse(visit.url_with("/search", form.pairs()), 303)


def _link_term(visit: Visit, term: Term) -> Link:
    return Link(visit.site.name_term(term.id, visit.language.code), visit.url(f"/{term.kind}s/{term.id}"))
