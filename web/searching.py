"""The one way from a filled-in form to the search service."""

from __future__ import annotations

from search.service import SearchAnswer, find_therapists
from web.query import SearchForm
from web.site import Site

PAGE = 20
FACETS = ("practice_kind", "setting", "referral", "insurance", "verified", "language")


def answer_search(
    site: Site,
    form: SearchForm,
    *,
    limit: int = PAGE,
    facets: tuple[str, ...] = (),
    may_take_referral: bool = False,
) -> SearchAnswer:
    """The answer to the form, as of today; raises UsageError for what cannot be asked."""
    return find_therapists(
        site.reader,
        site.gazetteer,
        site.vocabulary,
        on=site.today(),
        q=form.q,
        near=form.near,
        radius_km=form.radius_km,
        condition=form.conditions,
        technique=form.techniques,
        kind=(*form.practice_kinds, *form.entity_kinds),
        setting=form.setting_values,
        referral=form.referral_values,
        language=form.languages,
        verified=form.verified,
        may_take_referral=may_take_referral,
        insurance=True if form.insurance else None,
        sort=form.sort,
        after=form.after,
        limit=limit,
        facets=facets,
    )
