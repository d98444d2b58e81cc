"""How the directory stands, for Prometheus: what waits, since when, and what is not well. Alerts are made of these."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from directory.errors import PalpateError
from records import jobs, mail, outbox, reviews, runs
from records.cases import CaseState
from records.database import Session
from records.runs import RunState
from web.site import Site


def write_gauges(site: Site) -> str:
    """The gauges in Prometheus' text format; where the records or the engine are away, that alone is said of them."""
    lines: list[str] = []
    try:
        with site.database.read() as session:
            found = list(_list_records(site, session))
        lines += ["palpate_records_up 1", *found]
    except PalpateError:
        lines.append("palpate_records_up 0")
    lines.append(f"palpate_search_up {int(site.engine.ping())}")
    names = dict.fromkeys(line.partition("{")[0].partition(" ")[0] for line in lines)
    typed = [f"# TYPE {name} gauge\n" + "".join(f"{line}\n" for line in lines if _is_of(line, name)) for name in names]
    return "".join(typed)


def _is_of(line: str, name: str) -> bool:
    return line.startswith((f"{name} ", f"{name}{{"))


def _list_records(site: Site, session: Session) -> Iterator[str]:
    now = site.clock.now()
    oldest = outbox.find_oldest(session)
    yield f"palpate_outbox_waiting {outbox.count_waiting(session)}"
    yield f"palpate_outbox_oldest_seconds {(now - oldest).total_seconds() if oldest else 0:.0f}"
    mails = mail.count(session)
    yield f"palpate_mails_waiting {mails.waiting}"
    yield f"palpate_mails_oldest_seconds {(now - mails.oldest_at).total_seconds() if mails.oldest_at else 0:.0f}"
    yield f"palpate_mails_given_up {mails.given_up}"
    unfinished = jobs.load_unfinished(session)
    states = Counter(job.state.value for job in unfinished)
    for state in ("waiting", "claimed"):
        yield f'palpate_jobs{{state="{state}"}} {states[state]}'
    waits = max(((now - job.run_at).total_seconds() for job in unfinished if job.state == "waiting"), default=0)
    yield f"palpate_jobs_oldest_seconds {max(waits, 0):.0f}"
    for state, number in sorted(_count_cases(session).items()):
        yield f'palpate_cases{{state="{state}"}} {number}'
    for source in runs.list_sources(session):
        good = runs.latest(session, source, state=RunState.DONE)
        last = runs.latest(session, source)
        age_s = (now - good.finished_at).total_seconds() if good and good.finished_at else float("inf")
        held = last is not None and last.state is RunState.QUARANTINED
        label = source.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
        yield f'palpate_source_age_seconds{{source="{label}"}} {"+Inf" if age_s == float("inf") else round(age_s)}'
        yield f'palpate_source_quarantined{{source="{label}"}} {int(held)}'


def _count_cases(session: Session) -> Counter[str]:
    found: Counter[str] = Counter({CaseState.OPEN.value: 0, CaseState.SECOND.value: 0})
    for (_, state), number in reviews.count(session).items():
        if state is not CaseState.GONE:
            found[state.value] += number
    return found
