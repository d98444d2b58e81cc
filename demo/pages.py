"""Practices' sites as HTML, in the shapes that small practices' sites really have."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from html import escape

from demo import texts
from demo.model import Person, Practice, Shape
from directory.vocabularies import load_vocabulary

STYLE = (
    "body{font:17px/1.6 Georgia,serif;margin:0 auto;max-width:46rem;padding:1.5rem;color:#2b2b2b}"
    "nav a{margin-right:1rem}header,footer{border-bottom:1px solid #ccc;padding-bottom:.5rem}"
    "footer{border:0;border-top:1px solid #ccc;margin-top:2rem;padding-top:.5rem;font-size:.9em}"
)
WEEKDAYS = {"Mo": "Monday", "Fr": "Friday", "Sa": "Saturday"}


def make_site(practice: Practice, base_url: str) -> dict[str, str]:
    """The pages of a practice by path; `base_url` without a slash at its end."""
    if practice.language != "en":
        return {"/": _translated(practice, base_url)}
    return _MAKERS[practice.shape](practice, base_url)


def _graph_site(p: Practice, base: str) -> dict[str, str]:
    nav = _nav(("/", "Home"), ("/team", "Our team"), ("/services", "Services"), ("/contact", "Contact"))
    block = {"@context": "https://schema.org", "@graph": [_business(p, base), *(_person(x, base) for x in p.people)]}
    script = f'<script type="application/ld+json">{json.dumps(block, ensure_ascii=False)}</script>'
    return {
        "/": _page(p, base, p.name, nav + _home(p), head=script),
        "/team": _page(p, base + "/team", f"Our team | {p.name}", nav + _team(p)),
        "/services": _page(p, base + "/services", f"Services | {p.name}", nav + _services(p)),
        "/contact": _page(p, base + "/contact", f"Contact | {p.name}", nav + _contact(p)),
    }


def _plain_site(p: Practice, base: str) -> dict[str, str]:
    nav = _nav(("/", "Home"), ("/about", "About"), ("/services", "What we treat"), ("/contact", "Contact & hours"))
    return {
        "/": _page(p, base, f"{p.name} in {p.town.name}", nav + _home(p)),
        "/about": _page(p, base + "/about", f"About | {p.name}", nav + _team(p)),
        "/services": _page(p, base + "/services", f"What we treat | {p.name}", nav + _services(p)),
        "/contact": _page(p, base + "/contact", f"Contact | {p.name}", nav + _contact(p)),
    }


def _microdata(p: Practice, base: str) -> dict[str, str]:
    region = p.town.region
    card = (
        '<div itemscope itemtype="https://schema.org/MedicalBusiness">'
        f'<h1 itemprop="name">{escape(p.name)}</h1><link itemprop="url" href="{base}/">'
        '<p itemprop="address" itemscope itemtype="https://schema.org/PostalAddress">'
        f'<span itemprop="streetAddress">{p.street}</span>, <span itemprop="addressLocality">{p.town.name}</span>, '
        f'<span itemprop="addressRegion">{region}</span> <span itemprop="postalCode">{p.postal_code}</span>'
        f'<meta itemprop="addressCountry" content="{p.town.country}"></p>'
        f'<p>Call <a itemprop="telephone" href="tel:{p.phone}">{p.phone}</a> or write to '
        f'<a itemprop="email" href="mailto:{p.email}">{p.email}</a></p></div>'
    )
    return {
        "/": _page(p, base, p.name, card + _intro(p) + f"<p>{_treats(p)}</p>" + _team(p) + _services(p) + _hours(p))
    }


def _one_page(p: Practice, base: str) -> dict[str, str]:
    return {
        "/": _page(
            p, base, f"{p.name} | {p.town.name}, {p.town.region}", _home(p) + _team(p) + _services(p) + _contact(p)
        )
    }


def _shell(p: Practice, base: str) -> dict[str, str]:
    business = _business(p, base)
    business["description"] = text = f"{_intro_text(p)} {_treats(p)} {texts.INSURANCE.get(p.insurance, '')}".strip()
    business["employee"] = [_person(x, base) for x in p.people]
    business["makesOffer"] = [{"@type": "Offer", "name": texts.TECHNIQUES[t][0]} for t in p.techniques]
    script = f'<script type="application/ld+json">{json.dumps({"@context": "https://schema.org", **business})}</script>'
    description = f'<meta name="description" content="{escape(text, quote=True)}">'
    return {"/": _frame(p, base, p.name, '<div id="root"></div>', head=description + script)}


def _translated(p: Practice, base: str) -> str:
    words, terms = texts.TRANSLATED[p.language], load_vocabulary().terms
    people = "".join(
        f"<h3>{escape(x.full_name)}{', ' + x.letters if x.letters else ''}</h3><p>{escape(x.claim)}</p>"
        for x in p.people
    )
    techniques = "".join(f"<li>{escape(terms[t].labels[p.language].capitalize())}</li>" for t in p.techniques)
    conditions = "".join(f"<li>{escape(terms[c].labels[p.language].capitalize())}</li>" for c in p.conditions)
    rates = ", ".join(words["rate"].format(minutes=minutes, price=price) for minutes, price in p.rates)
    days = words["days"].format(week=p.hours[0][2], saturday=p.hours[1][2])
    body = (
        f"<header><h1>{escape(p.name)}</h1><p>{words['kind'].format(town=p.town.name)}</p></header>"
        f"<p>{words['intro']}</p><h2>{words['conditions']}</h2><ul>{conditions}</ul>"
        f"<h2>{words['techniques']}</h2><ul>{techniques}</ul><h2>{words['team']}</h2>{people}"
        f"<h2>{words['visit_title']}</h2><p>{words['visit']}</p>"
        f"<h2>{words['fees']}</h2><p>{rates}. {words['insurance']}</p>"
        f"<h2>{words['contact']}</h2><address>{_address(p)}<br><a href='tel:{p.phone}'>{p.phone}</a><br>"
        f"<a href='mailto:{p.email}'>{p.email}</a></address><p>{days} {words['languages']}</p>"
    )
    return _frame(p, base, p.name, body, language=p.language)


_MAKERS: dict[Shape, Callable[[Practice, str], dict[str, str]]] = {
    Shape.GRAPH_SITE: _graph_site,
    Shape.PLAIN_SITE: _plain_site,
    Shape.MICRODATA: _microdata,
    Shape.ONE_PAGE: _one_page,
    Shape.SHELL: _shell,
}


# --- parts ------------------------------------------------------------------------------------------------


def _frame(p: Practice, url: str, title: str, body: str, *, head: str = "", language: str = "en") -> str:
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="canonical" href="{url}">'
        f'<meta property="og:site_name" content="{escape(p.name, quote=True)}"><style>{STYLE}</style>{head}</head>'
        f"<body>{body}</body></html>"
    )


def _page(p: Practice, url: str, title: str, body: str, *, head: str = "") -> str:
    note = f"<br>{escape(p.note)}" if p.note else ""
    footer = f"<footer>{escape(p.name)} · {_address(p, ', ')} · {p.phone}{note}</footer>"
    return _frame(p, url, title, body + footer, head=head)


def _nav(*links: tuple[str, str]) -> str:
    return "<header><nav>" + "".join(f'<a href="{href}">{text}</a>' for href, text in links) + "</nav></header>"


def _draw(p: Practice, what: str, choices: int) -> int:
    """A number below `choices`, the same for the same practice whatever the others are."""
    return zlib.crc32(f"{what} {p.slug}".encode()) % choices


def _pick(p: Practice, choices: tuple[str, ...]) -> str:
    return choices[_draw(p, choices[0], len(choices))]


def _intro_text(p: Practice) -> str:
    return _pick(p, texts.MEDICAL_INTRO if p.medical else texts.SPA_INTRO)


def _intro(p: Practice) -> str:
    return f"<p>{_intro_text(p)}</p>"


def _home(p: Practice) -> str:
    kind = "Medical massage" if p.medical else "Massage and relaxation"
    first = (
        f"<h2>Your first visit</h2><p>{_pick(p, texts.FIRST_VISIT)}</p><h2>After that</h2><p>{_pick(p, texts.PLAN)}</p>"
        if p.medical
        else ""
    )
    return (
        f"<h1>{escape(p.name)}</h1><p>{kind} in {p.town.name}.</p>{_intro(p)}<p>{_treats(p)}</p>{first}{_questions(p)}"
    )


def _treats(p: Practice) -> str:
    treated = [texts.CONDITIONS[c] for c in p.conditions]
    if not p.medical:
        return f"Guests come to us to unwind from {' and '.join(treated)}."
    return f"We help people with {', '.join(treated[:-1])} and {treated[-1]}."


def _team(p: Practice) -> str:
    parts = ["<h2>Our therapists</h2>" if len(p.people) > 1 else "<h2>About your therapist</h2>"]
    for person in p.people:
        letters = f", {person.letters}" if person.letters else ""
        name = escape(person.full_name)
        if p.shape is Shape.MICRODATA:
            name = f'<span itemscope itemtype="https://schema.org/Person"><span itemprop="name">{name}</span></span>'
        parts.append(f"<h3>{name}{letters}</h3>")
        if person.claim:
            parts.append(f"<p>{escape(person.claim)}</p>")
        parts.append(f"<p>{_bio(p, person)}</p>")
    return "".join(parts)


def _bio(p: Practice, person: Person) -> str:
    dice = zlib.crc32(person.full_name.encode())
    choices = texts.BIOS if p.medical else texts.SPA_BIOS
    year, hours = 1998 + dice % 24, 500 + 50 * (dice % 9)
    return choices[dice % len(choices)].format(given=person.given, town=p.town.name, year=year, hours=hours)


def _questions(p: Practice) -> str:
    asked = texts.QUESTIONS if p.medical else texts.SPA_QUESTIONS
    first = _draw(p, "questions", len(asked))
    chosen = [asked[(first + step) % len(asked)] for step in range(min(3, len(asked)))]
    return "<h2>Questions people ask</h2>" + "".join(f"<h3>{q}</h3><p>{a}</p>" for q, a in chosen)


def _services(p: Practice) -> str:
    variant = 1 + _draw(p, "services", 2)
    services = "".join(
        f"<li><strong>{texts.TECHNIQUES[t][0]}</strong> – {texts.TECHNIQUES[t][variant]}</li>" for t in p.techniques
    )
    rates = ", ".join(f"{minutes} minutes ${price}" for minutes, price in p.rates)
    treated = "".join(f"<li>{texts.CONDITIONS[c].capitalize()}</li>" for c in p.conditions)
    listed = f"<h2>What we treat</h2><ul>{treated}</ul>" if p.medical else ""
    insurance = f"<p>{texts.INSURANCE[p.insurance]}</p>" if p.insurance else ""
    return f"<h2>Services</h2><ul>{services}</ul>{listed}<h2>Rates</h2><p>{rates}</p>{insurance}"


def _contact(p: Practice) -> str:
    languages = f"<p>We speak {' and '.join(p.languages)}.</p>" if len(p.languages) > 1 else ""
    return (
        f"<h2>Visit us</h2><address>{escape(p.name)}<br>{_address(p)}</address>"
        f'<p>Phone: <a href="tel:{p.phone}">{p.phone}</a><br>Email: <a href="mailto:{p.email}">{p.email}</a></p>'
        f"<p>{_pick(p, texts.ACCESS)}</p>{languages}{_hours(p)}"
    )


def _hours(p: Practice) -> str:
    rows = "".join(
        f"<li>{WEEKDAYS[a]}{' to ' + WEEKDAYS[b] if b != a else ''}: {span.replace('-', ' – ')}</li>"
        for a, b, span in p.hours
    )
    return f"<h2>Hours</h2><ul>{rows}</ul>"


def _address(p: Practice, joint: str = "<br>") -> str:
    return f"{p.street}{joint}{p.town.name}, {p.town.region} {p.postal_code}"


def _business(p: Practice, base: str) -> dict[str, object]:
    return {
        "@type": "MedicalBusiness" if p.medical else "DaySpa",
        "@id": f"{base}/#business",
        "name": p.name,
        "url": f"{base}/",
        "telephone": p.phone,
        "email": p.email,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": p.street,
            "addressLocality": p.town.name,
            "addressRegion": p.town.region,
            "postalCode": p.postal_code,
            "addressCountry": p.town.country,
        },
        "openingHours": [f"{a}-{b} {span}" if a != b else f"{a} {span}" for a, b, span in p.hours],
    }


def _person(person: Person, base: str) -> dict[str, object]:
    block: dict[str, object] = {
        "@type": "Person",
        "name": person.full_name,
        "jobTitle": person.claim or "Massage therapist",
        "worksFor": {"@id": f"{base}/#business"},
    }
    if person.letters:
        block["honorificSuffix"] = person.letters
    return block
