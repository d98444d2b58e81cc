"""People at work on an installation while it is struck: reviewers decide and take out, visitors search and ask to
follow; what each of them was told is kept, for what they were told must hold.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx2

from tests.drill_crew import PASSWORD, REVIEWER, Crew
from web.forms import FASTEST_S

VERSION = re.compile(r'name="version" value="(\d+)"')
TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
MARK = re.compile(r'name="mark" value="([^"]+)"')
WATCH_TOKEN = re.compile(r'name="token" value="([^"]+)"')
CASE = re.compile(r'href="/admin/cases/([0-9a-f]{32})"')
THEIR_PAGE = re.compile(r'href="/therapists/([^"]+)"')
FROM_THE_COPY = "The search engine is away for a moment."
PATIENCE_S = 300
DECIDED = "decided"


@dataclass
class Work:
    """What people were told. `acknowledged` maps a decision's own words to its case, `removed` a case to its entry."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    removed: dict[str, str] = field(default_factory=dict)
    letters: set[str] = field(default_factory=set)
    reviewers_told: Counter[str] = field(default_factory=Counter)
    visitors_told: Counter[str] = field(default_factory=Counter)
    longest_silence_s: float = 0.0
    _last: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note_decision(self, words: str, case_id: str) -> None:
        """Somebody was told that this is decided."""
        with self._lock:
            self.acknowledged[words] = case_id
            now = time.monotonic()
            self.longest_silence_s = max(self.longest_silence_s, now - self._last)
            self._last = now

    def count_failures(self) -> int:
        """How often reviewers were told anything but that they had decided."""
        with self._lock:
            return sum(self.reviewers_told.values()) - self.reviewers_told[DECIDED]

    def hear(self, told: Counter[str], answer: str) -> None:
        """Count an answer."""
        with self._lock:
            told[answer] += 1


Act = Callable[[httpx2.Client, str, str], str]


@contextmanager
def at_work(
    crew: Crew,
    *,
    reviewers: int = 2,
    visitors: int = 1,
    removers: int = 0,
    followers: int = 0,
    seed: int = 1,
    pause_s: float = 0.2,
) -> Iterator[Work]:
    """So many of each kind act until the block ends, with a pause after each act, through whichever site answers."""
    work, ended = Work(), threading.Event()
    kinds: list[tuple[int, str, Act, Counter[str], float]] = [
        (reviewers, "r", lambda client, url, words: decide_one(client, url, words, work), work.reviewers_told, pause_s),
        (
            removers,
            "out",
            lambda client, url, words: take_one_out(client, url, words, work),
            work.reviewers_told,
            5 * pause_s,
        ),
        (visitors, "v", search, work.visitors_told, pause_s),
    ]
    with ThreadPoolExecutor(reviewers + visitors + removers + followers) as pool:
        going = [
            pool.submit(go_on, crew, ended, f"{seed}-{kind}{n}", act, work=work, told=told, every_s=every_s)
            for number, kind, act, told, every_s in kinds
            for n in range(number)
        ]
        going += [pool.submit(follow, crew, work, ended, f"{seed}-f{n}", pause_s=pause_s) for n in range(followers)]
        try:
            yield work
        finally:
            ended.set()
    for person in going:
        person.result()  # what broke in a thread breaks here


def go_on(
    crew: Crew, ended: threading.Event, name: str, act: Act, *, work: Work, told: Counter[str], every_s: float
) -> None:
    """Act again and again; an answer that never came is nobody's word."""
    chance, number = random.Random(name), 0
    with httpx2.Client(timeout=PATIENCE_S) as client:
        while not ended.is_set():
            number += 1
            try:
                answer = act(client, chance.choice(crew.sites), f"{name}-{number}")
            except httpx2.HTTPError as error:
                answer = type(error).__name__
                ended.wait(0.05)
            work.hear(told, answer)
            ended.wait(every_s)


def sign_in(client: httpx2.Client, url: str) -> None:
    """Sign in at one site, for both."""
    signed_in = client.post(f"{url}/admin/sign-in", data={"name": REVIEWER, "password": PASSWORD})
    client.headers["Cookie"] = signed_in.headers.get("set-cookie", "").partition(";")[0]


def find_case(client: httpx2.Client, url: str, kind: str, words: str) -> str | None:
    """Any case of the queue's first page; None if the queue shows none, or asked to sign in first."""
    queue = client.get(f"{url}/admin/?kind={kind}")
    if queue.status_code == 303:
        sign_in(client, url)
        return None
    found = CASE.findall(queue.text)
    return random.Random(words).choice(found) if queue.status_code == 200 and found else None


def decide_one(client: httpx2.Client, url: str, words: str, work: Work) -> str:
    """Take a case from the queue and accept it; returns what the site answered."""
    case_id = find_case(client, url, "correction", words)
    if case_id is None:
        return "no queue"
    page = client.get(f"{url}/admin/cases/{case_id}")
    version, token = VERSION.search(page.text), TOKEN.search(page.text)
    if 'value="accept"' not in page.text:
        return "told that it is decided"  # since the queue was shown
    if page.status_code != 200 or not version or not token:
        return f"case {page.status_code}"
    form = {"version": version[1], "form_token": token[1], "choice": "accept", "reason": words}
    answer = client.post(f"{url}/admin/cases/{case_id}/decide", data=form)
    if answer.status_code == 303:
        work.note_decision(words, case_id)
        return DECIDED
    return f"decide {answer.status_code}"


def take_one_out(client: httpx2.Client, url: str, words: str, work: Work) -> str:
    """Take out one who asked for it; returns what the site answered."""
    case_id = find_case(client, url, "removal", words)
    if case_id is None:
        return "nobody to take out"
    page = client.get(f"{url}/admin/cases/{case_id}/removal")
    version, token, who = VERSION.search(page.text), TOKEN.search(page.text), THEIR_PAGE.search(page.text)
    if page.status_code != 200 or not version or not token or not who:
        return f"removal {page.status_code}"
    form = {"version": version[1], "form_token": token[1], "mark": MARK.findall(page.text), "reason": words}
    answer = client.post(f"{url}/admin/cases/{case_id}/removal", data=form)
    if answer.status_code == 303:
        work.removed[case_id] = who[1]
        return "taken out"
    return f"take out {answer.status_code}"


def search(client: httpx2.Client, url: str, words: str) -> str:
    """Search as a visitor; returns what the site answered."""
    answer = client.get(f"{url}/search?q=neck+pain+near+Denver")
    return f"{answer.status_code} from the copy" if FROM_THE_COPY in answer.text else f"{answer.status_code}"


def follow(crew: Crew, work: Work, ended: threading.Event, name: str, *, pause_s: float) -> None:
    """Ask for a letter to one new address after another, each from a machine of its own."""
    chance, number, token = random.Random(name), 0, None
    while not ended.is_set():
        number += 1
        machine = f"127.{1 + number // 62_500}.{1 + number // 250 % 250}.{1 + number % 250}"
        url, address = chance.choice(crew.sites), f"{name}-{number}@example.com"
        try:
            with httpx2.Client(timeout=PATIENCE_S, transport=httpx2.HTTPTransport(local_address=machine)) as client:
                if token is None:
                    token = WATCH_TOKEN.search(client.get(f"{url}/watch").text)
                    ended.wait(FASTEST_S + 1.5)  # nobody fills in a form in less: a quicker one is passed over
                    continue
                form = {"token": token[1], "email": address, "what": "region", "region": "CO"}
                answer = client.post(f"{url}/watch", data=form)
                told = f"letter {answer.status_code}"
                if answer.status_code == 200:
                    work.letters.add(address)
        except httpx2.HTTPError as error:
            told = type(error).__name__
        work.hear(work.visitors_told, told)
        ended.wait(2 * pause_s)
