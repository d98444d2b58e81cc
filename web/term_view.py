"""A condition's or technique's page as plain values."""

from __future__ import annotations

from dataclasses import dataclass

from directory.vocabularies import Term
from web.pages import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class TermPage:
    kind: str
    id: str
    title: str
    label: str
    definition: str
    doctor_first: bool
    cautions: tuple[str, ...]
    names: str
    codes: str
    find_heading: str
    index_url: str
    index_label: str
    refer_url: str


def make_term_view(visit: Visit, term: Term) -> TermPage:
    """The page of one term."""
    language, say = visit.language, visit.language.say
    label = visit.site.name_term(term.id, language.code)
    is_condition = term.kind == "condition"
    return TermPage(
        kind=term.kind,
        id=term.id,
        title=label[:1].upper() + label[1:],
        label=label,
        definition=term.get_definition(language.code),
        doctor_first=term.see_doctor_first,
        cautions=term.get_cautions(language.code),
        names=language.listed(
            [name for name in dict.fromkeys(term.synonyms.get(language.code, ())) if name != label][:10]
        ),
        codes=language.listed(term.icd10cm),
        find_heading=say("Find a therapist for %(term)s", term=label)
        if is_condition
        else say("Find a therapist who offers %(term)s", term=label),
        index_url=visit.url("/conditions" if is_condition else "/techniques"),
        index_label=say("Conditions") if is_condition else say("Techniques"),
        refer_url=visit.url("/refer", q=term.icd10cm[0] if term.icd10cm else term.id),
    )
