"""Everything the pages are made from, put together once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from directory.clock import Clock
from directory.jurisdictions import Jurisdictions
from directory.places import Gazetteer
from directory.settings import Settings
from directory.vocabularies import Term, Vocabulary
from records.database import Database
from search.interface import Engine, Reader
from web.values import clean

if TYPE_CHECKING:
    from web.admin.sources import ListSources


@dataclass(frozen=True)
class Site:
    """The parts a view may use; all are shared by every request."""

    settings: Settings
    database: Database
    engine: Engine
    reader: Reader
    clock: Clock
    list_sources: ListSources
    vocabulary: Vocabulary
    gazetteer: Gazetteer
    jurisdictions: Jurisdictions

    def today(self) -> date:
        """The day on which every badge is worked out."""
        return self.clock.today()

    def find_term(self, term_id: str) -> Term | None:
        """The condition or technique with this id."""
        return self.vocabulary.terms.get(term_id)

    def name_term(self, term_id: str, language: str) -> str:
        """The term's name in a language, else in English, else its id in words."""
        term = self.find_term(term_id)
        if term is None:
            return clean(term_id.replace("-", " "), 60)
        return term.get_label(language)
