"""The guide: medical or relaxation massage, five questions that end in a search, and what a session is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from web.language import Language
from web.query import SearchForm
from web.results_view import Option


@dataclass(frozen=True, slots=True)
class Question:
    """One question; without options it is answered in words."""

    name: str
    label: str
    options: tuple[Option, ...] = ()
    hint: str = ""


def list_comparison(language: Language) -> tuple[tuple[str, str, str], ...]:
    """The two kinds side by side: question, medical, relaxation."""
    say = language.say
    return (
        (
            say("What for?"),
            say("Pain, an injury, a diagnosed condition, moving better"),
            say("Rest, well-being, less stress"),
        ),
        (say("Where on the body?"), say("The area that is affected"), say("Usually the whole body")),
        (say("How long?"), say("Shorter, concentrated, planned over several visits"), say("One longer visit")),
        (
            say("Before it starts"),
            say("Questions about your health, an assessment, often a doctor's referral"),
            say("A short form about what you like"),
        ),
        (say("Is there a plan?"), say("Yes, written, looked at again, reported to your doctor if you wish"), say("No")),
        (
            say("Where does it happen?"),
            say("Clinic, hospital, physiotherapy or chiropractic office, private practice"),
            say("Spa, resort, hotel"),
        ),
        (say("Who pays?"), say("Sometimes insurance or workers' compensation, with a prescription"), say("You")),
    )


def list_questions(language: Language) -> tuple[Question, ...]:
    """The five questions."""
    say = language.say

    def options(*pairs: tuple[str, str]) -> tuple[Option, ...]:
        return tuple(Option(value, label, chosen=index == 0) for index, (value, label) in enumerate(pairs))

    return (
        Question(
            "aim",
            say("What would you like?"),
            options(
                ("medical", say("Help with pain or an injury")),
                ("relaxation", say("To rest")),
                ("", say("Both, or I am not sure")),
            ),
        ),
        Question("q", say("What hurts, in your own words?"), hint=say("e.g. my neck after a car accident")),
        Question("near", say("Where should it be?"), hint=say("Town or postal code")),
        Question(
            "licence",
            say("Must a licence have been checked?"),
            options(("", say("Show everybody, and say what is known")), ("1", say("Only with a current licence"))),
        ),
        Question(
            "pays",
            say("Who will pay?"),
            options(("", say("I will, or I do not know yet")), ("1", say("My insurance, I hope"))),
        ),
    )


def list_session(language: Language) -> tuple[tuple[str, str], ...]:
    """The steps of a medical massage session."""
    say = language.say
    return (
        (
            say("Talking"),
            say("You say what hurts, since when, what helps, and which illnesses and medicines you have."),
        ),
        (
            say("Assessment"),
            say("The therapist looks at how you stand and move. Something may need a doctor first."),
        ),
        (say("Plan"), say("Together you set an aim, how many visits, and when to look at it again.")),
        (
            say("Treatment"),
            say("Only the area that needs it is uncovered and treated. You can ask to stop at any time."),
        ),
        (say("Feedback"), say("Say at once if it is too strong or feels wrong. Pressure is changed, not endured.")),
        (
            say("Afterwards"),
            say("You may feel sore for a day. You get advice, and your doctor can be told how it went."),
        ),
    )


def make_guided_search(answers: Mapping[str, str]) -> SearchForm:
    """The search that the five answers ask for."""
    kinds = {"medical": ("medical", "mixed"), "relaxation": ("relaxation", "mixed")}
    return SearchForm(
        q=answers.get("q", "").strip()[:300],
        near=answers.get("near", "").strip()[:120],
        kinds=kinds.get(answers.get("aim", ""), ()),
        verified=answers.get("licence") == "1",
        insurance=answers.get("pays") == "1",
    )
