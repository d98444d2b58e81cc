"""The letters that go out, in the reader's language: to confirm, what is new, and to prove whose a request is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from directory.clock import Clock
from directory.settings import Settings
from notices.messages import make_draft
from notices.run import Write
from records import requests, watches
from records.mail import Draft
from records.requests import Proof
from records.watches import Told, Watch, Watcher
from web.keys import Purpose, make_link
from web.language import Language, load_language
from web.telling import make_address, name_whom, say_event
from web.values import clean

MOST_TOLD = 100  # what is more than that is on the page where the reader sees everything


def make_writer(settings: Settings, clock: Clock) -> Write:
    """What writes the letters about those whom somebody follows."""

    def write(watcher: Watcher, told: Sequence[Told], key: str) -> Draft:
        return write_news(settings, watcher, told, key=key, at=clock.now())

    return write


def write_news(settings: Settings, watcher: Watcher, told: Sequence[Told], *, key: str, at: datetime) -> Draft:
    """The letter that says what is new; one press of a mail program's own button stops all of them (RFC 8058)."""
    language = load_language(watcher.language)
    say, lines = language.say, list[str]()
    for item in told[:MOST_TOLD]:
        lines += [
            name_whom(language, item.event),
            say_event(language, item.event),
            make_address(settings, item.event),
            "",
        ]
    if more := len(told) - MOST_TOLD:
        lines += [_say_more(language, more), ""] if more > 0 else []
    stop = make_link(settings, Purpose.STOP, watcher.id, watcher.link_version, lang=watcher.language)
    manage = make_link(settings, Purpose.MANAGE, watcher.id, watcher.link_version, lang=watcher.language)
    body = [
        say("New about those you follow on Palpate:"),
        "",
        *lines,
        say("A register can change any day. Look there before you rely on it."),
        "",
        say("See or change what you follow: %(url)s", url=manage),
        say("Stop these letters: %(url)s", url=stop),
    ]
    subject = language.say_count(
        "%(count)s change among those you follow", "%(count)s changes among those you follow", len(told)
    )
    return make_draft(
        settings,
        key=key,
        owner=watcher.id,
        to=watcher.address or "",
        subject=f"Palpate: {subject}",
        body="\n".join(body) + "\n",
        language=language.code,
        at=at,
        headers={"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )


def _say_more(language: Language, more: int) -> str:
    return language.say_count(
        "%(count)s more is on the page named below.", "%(count)s more are on the page named below.", more
    )


def write_confirmation(settings: Settings, watcher: Watcher, watch: Watch, *, name: str, at: datetime) -> Draft:
    """The letter that asks whether a watch is wanted: without a yes no other follows."""
    language = load_language(watcher.language)
    say = language.say
    url = make_link(settings, Purpose.CONFIRM, watch.id, lang=watcher.language)
    body = [
        say("Somebody, we hope you, asked Palpate to write to this address when a licence changes."),
        say("To be followed: %(name)s", name=clean(name, 160)),
        "",
        say("If you want that, open this page and press the button:"),
        url,
        "",
        say("The link holds for seven days."),
        say("If it was not you, do nothing: no other letter comes, and the address is erased."),
    ]
    return make_draft(
        settings,
        key=watches.make_confirm_key(watch.id),
        owner=watcher.id,
        to=watcher.address or "",
        subject=say("Palpate: please confirm"),
        body="\n".join(body) + "\n",
        language=language.code,
        at=at,
    )


def write_links(settings: Settings, watcher: Watcher, *, key: str, at: datetime) -> Draft:
    """The letter that brings the link again to somebody who follows already."""
    language = load_language(watcher.language)
    say = language.say
    body = [
        say("This address follows somebody on Palpate already. Here is your link:"),
        "",
        make_link(settings, Purpose.MANAGE, watcher.id, watcher.link_version, lang=watcher.language),
        "",
        say("Stop these letters: %(url)s", url=make_link(settings, Purpose.STOP, watcher.id, watcher.link_version)),
    ]
    return make_draft(
        settings,
        key=key,
        owner=watcher.id,
        to=watcher.address or "",
        subject=say("Palpate: your link"),
        body="\n".join(body) + "\n",
        language=language.code,
        at=at,
    )


def write_proof(settings: Settings, proof: Proof, *, name: str, language: Language, at: datetime) -> Draft:
    """The letter to a practice's own address: whoever opens its link proves that the request is theirs."""
    say = language.say
    body = [
        say("Somebody asked Palpate to change or remove this listing: %(name)s", name=clean(name, 160)),
        say("They say that it is theirs. This address is published for it, so we ask here."),
        "",
        say("If it was you, open this page and press the button:"),
        make_link(settings, Purpose.PROOF, proof.id, lang=language.code),
        "",
        say("The link holds for three days and works once."),
        say("If it was not you, do nothing. A person looks at every request before anything changes."),
    ]
    return make_draft(
        settings,
        key=requests.make_proof_owner(proof.id),
        owner=requests.make_proof_owner(proof.id),
        to=proof.address or "",
        subject=say("Palpate: is this request yours?"),
        body="\n".join(body) + "\n",
        language=language.code,
        at=at,
    )
