"""The API's answers as OpenAPI describes them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

PROBLEM = "application/problem+json"


class _Open(BaseModel):
    """Fields may be added to an answer; those named here stay."""

    model_config = ConfigDict(extra="allow")


class PlaceModel(_Open):
    label: str = Field(examples=["Stony Plain, AB"])
    lat: float
    lon: float


class ChipModel(_Open):
    kind: str = Field(examples=["condition"])
    id: str = Field(examples=["nerve-compression"])
    label: str = Field(examples=["compressed or pinched nerve"])
    text: str = Field(description="The words it was read from.", examples=["trapped nerve"])


class BadgeModel(_Open):
    """The standing as of today; worked out from dates, never stored."""

    code: str = Field(examples=["licence-current"])
    label: str = Field(examples=["Licence current"])
    sentence: str = Field(examples=["Checked 3 days ago in Washington's register."])
    checked_on: str | None = Field(examples=["2026-11-17"])
    until: str | None = Field(examples=["2027-03-17"])
    region: str | None = Field(description="The state or province that it speaks of.", examples=["WA"])


class PlaceStandingModel(_Open):
    """What holds in one state or province of practice: a licence counts where it was given."""

    region: str | None = Field(examples=["WA"])
    badge: BadgeModel
    may_take_referral: str = Field(examples=["yes"])
    referral_rule: str | None


class LocationModel(_Open):
    lat: float | None
    lon: float | None
    street: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    country: str | None
    phone: str | None


class CredentialModel(_Open):
    title: str = Field(examples=["LMT"])
    kind: str = Field(examples=["licence"])
    jurisdiction: str | None = Field(examples=["WA"])
    number: str | None
    outcome: str = Field(examples=["verified"])
    verified_on: str | None
    expires_on: str | None
    source: str | None


class ResultModel(_Open):
    id: str
    name: str
    kind: str = Field(examples=["person"])
    distance_km: float | None = Field(description="To the nearest place of practice, unrounded.")
    location: LocationModel | None
    badge: BadgeModel
    credentials: list[CredentialModel]
    conditions: list[str]
    techniques: list[str]
    practice_kind: str
    setting: str
    referral: str
    listing_ids: list[str]
    score: float


class RegionModel(_Open):
    country: str = Field(examples=["US"])
    region: str = Field(examples=["WA"])
    label: str = Field(examples=["Washington"])


class SearchModel(_Open):
    """A page of results with what was understood of the words."""

    total: int = Field(description="All that fit, not only this page.")
    place: PlaceModel | None
    places: list[PlaceModel] = Field(description="Candidates where the place is ambiguous; distance is not used then.")
    chips: list[ChipModel]
    across_border: list[RegionModel] = Field(
        description="Other states or provinces that the circle reaches into; licence rules follow the therapist's side."
    )
    results: list[ResultModel]
    facets: dict[str, dict[str, int]]
    next: str | None = Field(description="The address of the page that follows.")
    snapshot_at: str | None = Field(
        None, description="Set while the search engine is away: the answer is the copy kept at that time."
    )


class ClockModel(_Open):
    """How old a check is."""

    checked_on: str | None = Field(examples=["2026-11-17"])
    days: int = Field(description="How many days it counts for.", examples=[120])
    due: bool = Field(description="Never done, or longer ago than that.")


class ClocksModel(_Open):
    licence: ClockModel = Field(description="The register's last reading for what the badge speaks of.")
    contact: ClockModel = Field(description="The last reading of the contact details.")


class ListClockModel(ClockModel):
    source: str = Field(examples=["leie"])


class TherapistModel(_Open):
    """Everything the directory shows of one therapist."""

    id: str
    kind: str
    name: str
    locations: list[LocationModel]
    credentials: list[CredentialModel]
    badge: BadgeModel = Field(description="What holds wherever they practise; `standings` says it for each.")
    standings: list[PlaceStandingModel]
    clocks: ClocksModel
    url: str


class SuggestionModel(BaseModel):
    kind: str = Field(examples=["condition"])
    id: str
    label: str
    text: str


class SuggestionsModel(BaseModel):
    suggestions: list[SuggestionModel]


class VerificationModel(BaseModel):
    """One check of one credential, as it may be published."""

    id: str
    outcome: str = Field(examples=["verified"])
    rule: str
    rule_version: str
    checked_on: str
    read_on: str | None = Field(description="The day on which the register was read.")
    recorded_at: str
    status: str = Field(description="FHIR's VerificationResult.status.", examples=["validated"])


class AnswerModel(BaseModel):
    """What a therapist says to a status, once a reviewer accepted it."""

    text: str
    made_on: str = Field(examples=["2026-11-20"])


class VerificationsModel(BaseModel):
    id: str
    verifications: list[VerificationModel]
    answers: list[AnswerModel]
    exclusion_lists: list[ListClockModel] = Field(
        description="When the federal exclusion lists were last read here. What they say of anybody is never published."
    )


class ProblemModel(_Open):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str


def describe_problems(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The errors an operation may answer with, for OpenAPI."""
    schema = {"schema": {"$ref": "#/components/schemas/ProblemModel"}}
    return {status: {"description": "A problem", "content": {PROBLEM: schema}} for status in statuses}
