"""A few made-up therapists, served by the real engine over real records: what the web tests walk through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from directory.clock import FixedClock
from directory.models import Answer, EntityKind, PracticeKind, Referral, Setting
from directory.settings import Settings
from records.database import Database
from search.engine import open_engine
from search.interface import DocumentCredential, DocumentEvidence, DocumentLocation, TherapistDocument
from search.names import BuildName
from tests.records_fixtures import open_new
from web.app import create_app

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)

STONY_PLAIN = DocumentLocation(
    lat=53.5264, lon=-114.0069, street="12 Example Avenue", city="Stony Plain", region="AB", postal_code="T7Z 1A1",
    country="CA", phone="+17805550142", point_source="page",
)  # fmt: skip
SPRUCE_GROVE = replace(
    STONY_PLAIN, lat=53.5451, lon=-113.9006, street="4 Sample Road", city="Spruce Grove", postal_code="T7X 2B2"
)
DENVER = DocumentLocation(
    lat=39.7475, lon=-104.9956, street="800 Sample Street", city="Denver", region="CO", postal_code="80202",
    country="US", phone="+13035550110", accessible=True, point_source="page",
)  # fmt: skip
SEATTLE = DocumentLocation(
    lat=47.6062, lon=-122.3321, street="5 Made-up Way", city="Seattle", region="WA", postal_code="98101",
    country="US", phone="+12065550121", point_source="page",
)  # fmt: skip


def make_licence(
    title: str = "LMT",
    jurisdiction: str = "WA",
    number: str = "MA00012345",
    *,
    outcome: str = "verified",
    checked: int = 3,
    expires_on: date = date(2027, 5, 31),
    explanation: str = "",
) -> DocumentCredential:
    """A licence checked so many days ago."""
    verified_on = TODAY - timedelta(days=checked)
    return DocumentCredential(
        title=title,
        kind="licence",
        text=f"{title} {number}",
        jurisdiction=jurisdiction,
        number=number,
        outcome=outcome,
        verified_on=verified_on,
        expires_on=expires_on,
        verified_until=min(expires_on, verified_on + timedelta(days=120)) if outcome == "verified" else None,
        source={"WA": "wa_doh", "CO": "co_dora", "FL": "fl_mqa"}.get(jurisdiction),
        rule="number-name-city",
        explanation=explanation,
        verification_id=f"v-{number.lower()}",
    )


def make_document(document_id: str, name: str, location: DocumentLocation, **changes: Any) -> TherapistDocument:
    """A therapist with what most state; `changes` replace fields."""
    base = TherapistDocument(
        id=document_id,
        kind=EntityKind.PERSON,
        name=name,
        practice_names=(f"{name.rsplit(maxsplit=1)[-1]} Massage Clinic",),
        locations=(location,),
        conditions=("neck-pain", "low-back-pain", "sciatica", "headache"),
        techniques=("deep-tissue", "trigger-point", "myofascial-release"),
        practice_kind=PracticeKind.MEDICAL,
        practice_kind_reason="each visit starts with an assessment and ends with a treatment plan",
        setting=Setting.CLINIC,
        referral=Referral.ACCEPTS,
        accepts_insurance=Answer.YES,
        insurance=("Example Mutual",),
        languages=("en", "fr"),
        phones=(location.phone,) if location.phone else (),
        website=f"https://{document_id}.example.com/",
        booking_url=f"https://{document_id}.example.com/book",
        opening_hours="Mo-Fr 09:00-18:00; Sa 10:00-14:00",
        prices=("60 min 110",),
        summary="Assessment, a plan and hands-on treatment for neck and back complaints.",
        evidence=(
            DocumentEvidence(
                field="conditions",
                value="neck-pain",
                snippet="We treat neck pain, sciatica and tension headaches",
                url=f"https://{document_id}.example.com/treatments",
                read_on=date(2026, 11, 12),
                source="practice_sites",
            ),
        ),
        sources=("practice_sites",),
        tiers=("own-site",),
        listing_ids=(f"practice_sites:{document_id}",),
        attributions=("Register data: Washington State Department of Health",) if location.region == "WA" else (),
        first_seen_at=NOW - timedelta(days=200),
        last_seen_at=NOW - timedelta(days=8),
        contact_checked_on=date(2026, 11, 12),
        completeness=0.9,
    )
    return replace(base, **changes)


def make_documents() -> list[TherapistDocument]:
    """The whole small world: every badge once, three towns, one attack."""
    rmt = DocumentCredential(
        title="RMT", kind="association-title", text="RMT", jurisdiction="AB", outcome="no_register",
        rule="no-register",
        explanation="Alberta has no massage register: nobody can check this title there. "
        "RMT is given by private associations, each with its own rules.",
    )  # fmt: skip
    current = make_licence()
    return [
        make_document("ab-anna", "Anna Sample", STONY_PLAIN, credentials=(rmt,), npi=None),
        make_document(
            "ab-bela", "Béla Muster", SPRUCE_GROVE, credentials=(rmt,), conditions=("nerve-compression", "neck-pain")
        ),
        make_document(
            "wa-carla",
            "Carla Dupont",
            SEATTLE,
            credentials=(current, BOARD),
            verified_until=current.verified_until,
            verified_on=current.verified_on,
            may_take_referral=Answer.YES,
            npi="1234567893",
            referral_rule="Washington: a licensed massage therapist may treat on referral (RCW 18.108).",
        ),
        make_document(
            "wa-dina",
            "Dina Old",
            SEATTLE,
            credentials=(make_licence(number="MA00020001", outcome="expired", expires_on=date(2026, 3, 1)),),
        ),
        make_document(
            "wa-emil", "Emil Quiet", SEATTLE, credentials=(make_licence(number="MA00020002", outcome="inactive"),)
        ),
        make_document(
            "wa-fern",
            "Fern Board",
            SEATTLE,
            credentials=(
                make_licence(
                    number="MA00020003",
                    outcome="disciplined",
                    explanation="The Washington register shows a board action on this licence.",
                ),
            ),
        ),
        make_document(
            "wa-gus", "Gus Waiting", SEATTLE, credentials=(make_licence(number="MA00020004", outcome="review"),)
        ),
        make_document(
            "wa-hope",
            "Hope Claimer",
            SEATTLE,
            referral=Referral.NOT_STATED,
            credentials=(DocumentCredential(title="MMP", kind="certificate", text="MMP", outcome="no_register"),),
        ),
        make_document(
            "co-iris",
            "Iris Elbow",
            DENVER,
            credentials=(make_licence("LMT", "CO", "MT.0001234", checked=40),),
            evidence=tuple(
                DocumentEvidence(
                    field=field,
                    value=field,
                    snippet="Iris Elbow, LMT, 800 Sample Street, Denver",
                    url="https://co-iris.example.com/",
                    read_on=date(2026, 11, 12),
                )
                for field in ("practitioner", "credential", "street", "city")
            ),
            verified_until=TODAY + timedelta(days=80),
            verified_on=TODAY - timedelta(days=40),
            may_take_referral=Answer.YES,
            referral_rule="Colorado: a licensed massage therapist may treat on referral (C.R.S. 12-235).",
        ),
        make_document(
            "co-spa",
            "Quiet Pines Spa",
            DENVER,
            kind=EntityKind.PRACTICE,
            practice_names=(),
            conditions=("stress",),
            techniques=("swedish", "hot-stone", "aromatherapy"),
            practice_kind=PracticeKind.RELAXATION,
            practice_kind_reason="a full-body massage to unwind",
            setting=Setting.SPA,
            referral=Referral.NOT_STATED,
            accepts_insurance=Answer.NO,
            insurance=(),
        ),
    ]


BOARD = DocumentCredential(
    title="BCTMB", kind="certificate", text="BCTMB", outcome="verified", verified_on=TODAY - timedelta(days=10),
    verified_until=TODAY + timedelta(days=110), expires_on=date(2028, 1, 1), source="ncbtmb",
)  # fmt: skip

ATTACK = (
    "<script>alert(1)</script>\" onmouseover=alert(2) x=' {{7*7}} {% raw %} ${7*7} \u202egnp.exe\u202c ]]> --> "
    "=cmd|' /C calc'!A0"
)


def make_attack() -> TherapistDocument:
    """A therapist whose every field is an attack; only the id, which we make ourselves, is plain."""
    long = ATTACK + "A" * 10_000
    location = DocumentLocation(
        lat=47.61,
        lon=-122.33,
        street=ATTACK,
        city=ATTACK,
        region=ATTACK,
        postal_code=ATTACK,
        country="US",
        phone=ATTACK,
        label=long,
    )
    credential = DocumentCredential(
        title=ATTACK,
        kind="licence",
        text=long,
        jurisdiction=ATTACK,
        number=ATTACK,
        source=ATTACK,
        rule=ATTACK,
        explanation=long,
        verification_id=ATTACK,
    )
    evidence = DocumentEvidence(
        field=ATTACK, value=ATTACK, snippet=long, url=" javascript:alert(1)", read_on=TODAY, source=ATTACK
    )
    return TherapistDocument(
        id="wa-attack",
        kind=EntityKind.PERSON,
        name=ATTACK,
        other_names=(long,),
        practice_names=('=HYPERLINK("https://evil.example")' + ATTACK,),
        locations=(location,),
        credentials=(credential,),
        referral_rule=long,
        conditions=(ATTACK, "neck-pain"),
        techniques=(ATTACK,),
        practice_kind=PracticeKind.MEDICAL,
        practice_kind_reason=long,
        insurance=(ATTACK,),
        languages=(ATTACK,),
        gender=ATTACK,
        npi=ATTACK,
        phones=("javascript:alert(1)", ATTACK),
        emails=(ATTACK,),
        website="javascript:alert(document.domain)",
        booking_url="data:text/html,<script>alert(1)</script>",
        opening_hours=long,
        prices=(ATTACK,),
        accessibility=(ATTACK,),
        summary=long,
        evidence=(evidence,),
        sources=(ATTACK,),
        attributions=(long,),
        listing_ids=(ATTACK,),
        first_seen_at=NOW,
        last_seen_at=NOW,
    )


@dataclass(frozen=True)
class World:
    """The site over real records and the real engine, with what stands behind it."""

    app: FastAPI
    settings: Settings
    database: Database
    clock: FixedClock


def make_world(folder: Path, documents: Iterable[TherapistDocument], **changes: Any) -> World:
    """A site that serves these documents as of `NOW`; its data lives in `folder`."""
    settings = Settings(data_dir=folder, session_secret="a secret for tests", **changes)
    clock = FixedClock(NOW)
    database = open_new(settings, clock=clock)
    engine = open_engine(settings)
    name = str(BuildName(NOW, settings.index_alias, 1))
    build = engine.start_build(name)
    build.add(documents)
    build.finish()
    engine.publish(name)
    app = create_app(settings, database=database, engine=engine, clock=clock)
    return World(app, settings, database, clock)
