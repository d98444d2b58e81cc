"""No English is left on a French or Spanish page but what is quoted from a source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
from lxml import html
from starlette.testclient import TestClient

from directory.credentials import load_titles
from directory.jurisdictions import load_jurisdictions
from directory.models import Answer
from directory.vocabularies import load_vocabulary
from search.interface import TherapistDocument
from tests.web_world import DENVER, make_document, make_documents, make_licence, make_world

SPOKEN = ("alt", "aria-label", "content", "placeholder", "title", "data-label", "data-saved-label", "data-failed",
          "data-done")  # fmt: skip
ENGLISH = re.compile(
    r"\b(?:the|this|that|with|which|was|were|and|you|your|their|they|licence|register|checked|nobody|person|not)\b",
    re.IGNORECASE,
)
UNSPOKEN = (
    "//script | //pre | //code | //*[@lang and not(self::html)] | //input[@type='hidden'] | //meta[@name='viewport']"
)
HAS = "The Colorado register has this licence number under this name."
EXPLANATIONS = {
    "verified": HAS + " It is valid until 2027-05-31, that day included.",
    "expired": HAS + " The Colorado register says it expired on 2026-03-01.",
    "inactive": HAS + " The Colorado register lists this licence as retired.",
    "review": "This is being checked.",
    "not_found": "Not found in the Colorado register as of 2026-11-17.",
    "no_register": "This is claimed by the listing and no register can be asked: it is a phone number.",
    "stale": HAS + " The register was last read on 2026-05-01: it has to be asked again.",
}


def list_more() -> Iterator[TherapistDocument]:
    """Somebody for each sentence of a check, and for what a page says only now and then."""
    for number, (outcome, explanation) in enumerate(EXPLANATIONS.items()):
        licence = make_licence("LMT", "CO", f"MT.{number}", outcome=outcome, explanation=explanation)
        yield make_document(f"co-rule-{number}", f"Ruth Case {number}", DENVER, credentials=(licence,))
    unread = replace(make_licence("LMT", "CA", outcome="review"), rule="register-unread")
    yield make_document(
        "co-odd",
        "Otto Rare",
        replace(DENVER, region_inferred=True, accessible=False, street=None),
        accepts_insurance=Answer.UNKNOWN,
        conditions=(),
        techniques=(),
        contact_checked_on=None,
        other_names=("Otto Seldom",),
        credentials=(unread,),
    )
    yield make_document("co-bare", "Bea Bare", DENVER, credentials=(), locations=())


DOCUMENTS = [*make_documents(), *list_more()]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    world = make_world(tmp_path_factory.mktemp("untranslated"), DOCUMENTS)
    with TestClient(world.app) as found:
        yield found


def list_pages() -> list[str]:
    """Every public page: those of each therapist and term, and each kind of answer that a search can have."""
    vocabulary = load_vocabulary()
    ids = [document.id for document in DOCUMENTS]
    return [
        "/",
        *(f"/therapists/{one}" for one in ids),
        *(f"/refer/sheet/{one}" for one in ids),
        *(f"/conditions/{one}" for one in vocabulary.conditions),
        *(f"/techniques/{one}" for one in vocabulary.techniques),
        "/search?q=sore+neck&near=Seattle",
        "/search?near=Denver,+CO&sort=name",
        "/search?near=Denver,+CO&verified=1&kind=medical&setting=clinic&language=fr",
        "/search?q=neck&near=Springfield",
        "/search?near=Miami,+FL",
        "/search?near=Nowhereville",
        "/conditions", "/techniques", "/guide", "/badges", "/developers",
        "/saved",
        "/saved?id=wa-carla&id=ab-anna",
        "/refer",
        "/refer?near=Denver,+CO&everyone=1",
        "/refer?near=Springfield",
        "/refer?near=Seattle",
        "/refer/compare",
        "/refer/compare?" + "&".join(f"id={one}" for one in ids[:4]),
        "/refer/compare?" + "&".join(f"id={one}" for one in ids[-4:]),
        "/corrections?about=wa-carla",
        "/nowhere",
        "/therapists/nobody",
    ]  # fmt: skip


def list_texts(page: str) -> list[str]:
    """What a page says in its own language: the text of each element, and what its attributes speak."""
    tree: Any = html.document_fromstring(page)
    for element in tree.xpath(UNSPOKEN):
        element.drop_tree()
    elements = list(tree.iter(html.etree.Element))
    said = [text for element in elements for text in (element.text, element.tail)]
    said += [element.get(name) for element in elements for name in SPOKEN]
    return [" ".join(text.split()) for text in said if text and text.strip()]


def list_quoted(value: object) -> Iterator[str]:
    """Every text in a document: what sources said, which is shown as it was said."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from list_quoted(item)
    elif is_dataclass(value):
        for part in fields(value):
            if part.name not in ("explanation", "referral_rule"):
                yield from list_quoted(getattr(value, part.name))


def make_quoted() -> list[str]:
    """The texts that may stay as they are, longest first: sources' words, regulators' and laws' names."""
    laws = load_jurisdictions()
    names = [
        rule.source.removesuffix(" (secondary source)")
        for rule in laws.rules
        if re.search(r"[§.,]|Board|Dep", rule.source)
    ]
    names += [place.register.regulator for place in laws.regions.values() if place.register.regulator]
    names += [title.issuer for title in load_titles() if title.issuer]
    return sorted({*list_quoted(DOCUMENTS), *names, "Palpate"} - {""}, key=len, reverse=True)


@pytest.mark.parametrize("code", ["fr", "es"])
def test_no_english_is_left_on_a_page(client: TestClient, code: str) -> None:
    quoted = [text for text in make_quoted() if len(text) > 3]
    wrong: dict[str, str] = {}
    for path in list_pages():
        page = client.get(path + ("&" if "?" in path else "?") + f"lang={code}").text
        assert f'<html lang="{code}">' in page
        for text in list_texts(page):
            rest = text
            for words in quoted:
                rest = rest.replace(words, "")
            if ENGLISH.search(rest):
                wrong.setdefault(text, path)
    assert not wrong, wrong


@pytest.mark.parametrize("code", ["fr", "es"])
def test_no_page_repeats_a_sentence_of_its_english_self(client: TestClient, code: str) -> None:
    quoted = make_quoted()
    wrong: dict[str, str] = {}
    for path in list_pages():
        ours, english = (
            list_texts(client.get(path + ("&" if "?" in path else "?") + f"lang={one}").text) for one in (code, "en")
        )
        for text in set(ours) & set(english):
            rest = text
            for words in quoted:
                rest = rest.replace(words, "")
            if len(re.findall(r"[A-Za-z]{2,}", rest)) > 2:
                wrong.setdefault(text, path)
    assert not wrong, wrong


def test_the_reviewers_rooms_speak_english_and_say_so(client: TestClient) -> None:
    page = client.get("/admin/sign-in?lang=fr", headers={"Accept-Language": "fr"}).text
    assert '<html lang="en">' in page
