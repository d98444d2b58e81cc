"""Three languages: chosen, kept, complete."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from starlette.testclient import TestClient

from directory.jurisdictions import load_jurisdictions
from directory.regions import REGIONS
from tests.web_world import make_documents, make_world
from web.language import LANGUAGE_NAMES, TRANSLATIONS, choose_language, load_language
from web.pages import make_environment

WEB = Path(__file__).parents[1] / "web"
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
KEYWORDS = {"_": None, "gettext": None, "say": None, "say_count": (1, 2)}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    world = make_world(tmp_path_factory.mktemp("languages"), make_documents())
    with TestClient(world.app) as found:
        yield found


def list_messages() -> set[str]:
    """Every message that pages and modules speak."""
    options = {"templates/**.html": {"extensions": "jinja2.ext.i18n"}}
    found = extract_from_dir(str(WEB), METHODS, options, KEYWORDS)
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


@pytest.mark.parametrize("code", sorted(set(LANGUAGE_NAMES) - {"en"}))
def test_every_message_is_translated_and_none_is_left_over(code: str) -> None:
    with (TRANSLATIONS / code / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale=code)
    translated = {m.id if isinstance(m.id, str) else m.id[0] for m in catalogue if m.id and all(m.string or ())}
    assert translated == list_messages()


@pytest.mark.parametrize("code", sorted(set(LANGUAGE_NAMES) - {"en"}))
def test_a_translation_fills_in_the_same_parts(code: str) -> None:
    with (TRANSLATIONS / code / "messages.po").open("rb") as file:
        for message in read_po(file, locale=code):
            parts = [set(re.findall(r"%\((\w+)\)s", text)) for text in (str(message.id), str(message.string))]
            assert parts[0] == parts[1], message.id


@pytest.mark.parametrize(
    ("asked", "accepted", "code"),
    [
        (None, None, "en"),
        (None, "fr-CA,fr;q=0.9,en;q=0.5", "fr"),
        (None, "de, es;q=0.4, en;q=0.3", "es"),
        ("es", "fr", "es"),
        ("xx", "fr;q=oops, fr;q=0", "en"),
    ],
)
def test_the_language_is_the_one_asked_for_then_the_one_accepted(
    asked: str | None, accepted: str | None, code: str
) -> None:
    assert choose_language(asked, accepted) == code


def test_a_language_asked_for_is_kept_in_every_link_and_form(client: TestClient) -> None:
    page = client.get("/search?q=cou&near=Seattle&lang=fr").text
    assert '<html lang="fr">' in page
    assert 'name="lang" value="fr"' in page
    links = [link for link in re.findall(r'<a [^>]*href="(/[^"]*)"', page) if not link.startswith("/admin")]
    assert links
    assert all("lang=" in link for link in links)


def test_dates_and_numbers_follow_the_language(client: TestClient) -> None:
    assert "17 nov. 2026" in client.get("/therapists/wa-carla?lang=fr").text
    assert load_language("fr").distance(3.44) == "3,4\u00a0km"
    assert load_language("es").number(12345) == "12.345"


def test_every_page_names_its_other_languages(client: TestClient) -> None:
    page = client.get("/conditions/neck-pain").text
    for code in LANGUAGE_NAMES:
        assert f'hreflang="{code}"' in page


@pytest.mark.parametrize("code", sorted(set(LANGUAGE_NAMES) - {"en"}))
def test_every_region_and_every_sentence_of_law_is_translated(code: str) -> None:
    language = load_language(code)
    with (TRANSLATIONS / code / "facts.po").open("rb") as file:
        known = {str(message.id) for message in read_po(file, locale=code) if message.id and message.string}
    assert set(REGIONS.values()) <= known
    for rule in load_jurisdictions().rules:
        said = language.say_law(rule.sentence, region=rule.region, title=rule.titles[0])
        assert said != rule.sentence, rule.id
        assert "{" not in said


def test_the_law_s_sentence_speaks_the_page_s_language(client: TestClient) -> None:
    page = client.get("/therapists/ab-anna?lang=fr").text
    assert "aucun registre de massothérapie n’existe" in page
    assert "Caroline du Nord" in client.get("/developers?lang=fr").text


def test_names_are_ordered_as_the_language_orders_them(client: TestClient) -> None:
    page = client.get("/developers?lang=fr").text
    assert page.index("Idaho") < page.index("Île-du-Prince-Édouard") < page.index("Illinois")


def test_a_templates_fixed_words_are_translated_before_anybody_visits() -> None:
    templates = make_environment("fr")
    assert '"Rechercher"' in str(templates.compile('{{ _("Search") }}', raw=True)).replace("'", '"')
    assert "Rechercher" not in str(templates.compile("{{ _(words) }}", raw=True))
    assert templates.from_string("{{ _(words) }}").render(words="Search") == "Rechercher"


def test_what_a_sentence_is_filled_with_is_escaped() -> None:
    page = make_environment("en").from_string('{{ _("within %(radius)s", radius=radius) }}')
    assert page.render(radius="<b>5 km</b>") == "within &lt;b&gt;5 km&lt;/b&gt;"
