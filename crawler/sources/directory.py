"""How a directory's pages are read, as its YAML says it: where the cards are, how to go on, what a profile states."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from parsel.csstranslator import HTMLTranslator
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

FieldName = Literal[
    "title", "name", "practice", "address", "street", "city", "region", "postal_code", "country", "phone", "email",
    "website", "claims", "techniques", "languages", "opening_hours", "booking_url", "summary", "npi", "lat", "lon",
]  # fmt: skip


def _check_css(text: str) -> str:
    try:
        HTMLTranslator().css_to_xpath(text)
    except Exception as error:  # cssselect's errors share no base
        raise ValueError(f"'{text}' is no CSS selector: {error}") from error
    return text


def _check_pattern(text: str) -> str:
    try:
        groups = re.compile(text).groups
    except re.error as error:
        raise ValueError(f"'{text}' is no regular expression: {error}") from error
    if groups != 1:
        raise ValueError(f"'{text}' needs exactly one group: the part to keep")
    return text


Css = Annotated[str, AfterValidator(_check_css)]
Pattern = Annotated[str, AfterValidator(_check_pattern)]


class Pick(BaseModel):
    """Where a value stands: a CSS selector (`::text` and `::attr(name)` too), and the part of its text to keep."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    css: Css
    match: Pattern | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_short_form(cls, value: object) -> object:
        return {"css": value} if isinstance(value, str) else value


class DirectoryPlan(BaseModel):
    """A directory: its list pages, the cards on them, and the profiles that the cards lead to.

    Without `card`, the structured data of a list page is all there is to read; without `profile`, a card is all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    card: Css | None = None
    profile: Css | None = None  # within a card: the link to the profile, such as "a::attr(href)"
    next: Css | None = None  # on a list page: the link to the next one
    page_url: str | None = Field(None, pattern=r"\{page\}")  # or its address, by number
    first_page: int = Field(1, ge=0)
    max_pages: int = Field(500, ge=1)
    types: tuple[str, ...] = ("Person", "LocalBusiness", "MedicalBusiness", "HealthAndBeautyBusiness", "DaySpa")
    country: str | None = None
    fields: dict[FieldName, Pick] = {}

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        if self.next and self.page_url:
            raise ValueError("a directory goes on by `next` or by `page_url`, not by both")
        if self.profile and not self.card:
            raise ValueError("`profile` is looked for within a `card`: name that too")
        if self.card and not self.profile and not self.fields:
            raise ValueError("a card that leads to no profile needs `fields`")
        return self
