"""A broad condition finds those who offer a narrower one, after its own; a narrow one finds nobody broader."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.documents import TODAY
from directory.models import EntityKind
from directory.places import load_gazetteer
from directory.settings import Settings
from directory.vocabularies import load_vocabulary
from search.engine import open_engine
from search.interface import DocumentLocation, Reader, TherapistDocument
from search.names import BuildName
from search.narrower import MADE_FOR, NARROWER, find_kindred, find_narrower
from search.service import find_therapists


def make_document(name: str, *conditions: str, lat: float = 39.74, lon: float = -104.98) -> TherapistDocument:
    place = DocumentLocation(lat=lat, lon=lon, city="Denver", region="CO", country="US")
    return TherapistDocument(
        id=name.lower().replace(" ", "-"),
        kind=EntityKind.PERSON,
        name=name,
        locations=(place,),
        conditions=conditions,
        completeness=0.5,
    )


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    engine = open_engine(Settings(data_dir=tmp_path))
    build = engine.start_build(str(BuildName(datetime(2026, 11, 23, tzinfo=UTC), "therapists", 1)))
    build.add(
        [
            make_document("Ana Broadly", "back-pain", lat=39.90),
            make_document("Bo Narrowly", "low-back-pain"),
            make_document("Cy Elsewhere", "neck-pain"),
        ]
    )
    build.finish()
    engine.publish(build.name)
    return engine.open_reader()


def ask(reader: Reader, q: str) -> list[str]:
    answer = find_therapists(reader, load_gazetteer(), load_vocabulary(), on=TODAY, q=q)
    return [hit.document.name for hit in answer.hits]


def test_back_pain_finds_low_back_pain_after_its_own(reader: Reader) -> None:
    assert ask(reader, "back pain near Denver") == ["Ana Broadly", "Bo Narrowly"]


def test_low_back_pain_does_not_find_who_only_says_back_pain(reader: Reader) -> None:
    assert ask(reader, "low back pain near Denver") == ["Bo Narrowly"]


def test_every_pair_is_of_conditions_that_there_are_and_none_goes_round() -> None:
    conditions = load_vocabulary().conditions
    for broad, narrow in NARROWER.items():
        assert {broad, *narrow} <= set(conditions)
        assert broad not in narrow
        for between in narrow:
            assert set(NARROWER.get(between, ())) <= set(narrow), "one step suffices"


def test_a_prefix_under_a_broad_code_is_narrower() -> None:
    """Where a condition's codes all lie under one of another's, the map says so."""
    conditions = load_vocabulary().conditions.values()
    under = {
        (broad.id, narrow.id)
        for broad in conditions
        for narrow in conditions
        if broad is not narrow
        and narrow.icd10cm
        and all(
            any(code.startswith(prefix) and code != prefix for prefix in broad.icd10cm if "-" not in prefix)
            for code in narrow.icd10cm
        )
    }
    assert under <= {(broad, narrow) for broad, narrows in NARROWER.items() for narrow in narrows}


def test_what_was_asked_for_is_not_narrower_than_itself() -> None:
    assert find_narrower(["back-pain", "low-back-pain"]) == ()
    assert find_narrower(["low-back-pain"]) == ()


def test_every_technique_made_for_one_condition_is_there_and_so_is_the_condition() -> None:
    vocabulary = load_vocabulary()
    assert set(MADE_FOR) <= set(vocabulary.techniques)
    assert set(MADE_FOR.values()) <= set(vocabulary.conditions)
    assert len(set(MADE_FOR.values())) == len(MADE_FOR)
    assert all(find_kindred(find_kindred(technique) or "") == technique for technique in MADE_FOR)


def test_where_nobody_names_the_technique_the_condition_it_is_made_for_is_asked(tmp_path: Path) -> None:
    engine = open_engine(Settings(data_dir=tmp_path))
    build = engine.start_build(str(BuildName(datetime(2026, 11, 23, tzinfo=UTC), "therapists", 1)))
    build.add([make_document("Di Jawson", "jaw-pain"), make_document("Harbour Injury & Massage Clinic", "neck-pain")])
    build.finish()
    engine.publish(build.name)
    answer = find_therapists(
        engine.open_reader(), load_gazetteer(), load_vocabulary(), on=TODAY, q="TMJ massage near Denver"
    )
    assert [hit.document.name for hit in answer.hits] == ["Di Jawson"]
    assert [(chip.kind, chip.id) for chip in answer.chips if chip.kind != "place"] == [("condition", "jaw-pain")]
    assert ask(engine.open_reader(), "Harbor Injury and Massage Clinic") == ["Harbour Injury & Massage Clinic"]
