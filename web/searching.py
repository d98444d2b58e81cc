"""The one way from a filled-in form to the search service."""

from __future__ import annotations

from search.service import SearchAnswer, find_therapists
from web.query import DEFAULT_RADIUS_KM, SearchForm
from web.site import Site

PAGE = 20


def answer_search(
    site: Site,
    form: SearchForm,
    *,
    limit: int = PAGE,
    facets: tuple[str, ...] = ("practice_kind", "setting", "referral"),
) -> SearchAnswer:
    """The answer to the form, as of today."""
    return find_therapists(
        site.reader,
        site.gazetteer,
        site.vocabulary,
        q=form.q,
        near=form.near,
        radius_km=form.radius_km or DEFAULT_RADIUS_KM,
        condition=form.conditions,
        technique=form.techniques,
        practice_kinds=form.practice_kinds,
        kinds=form.entity_kinds,
        settings=form.setting_values,
        referrals=form.referral_values,
        languages=form.languages,
        verified=form.verified,
        insurance=True if form.insurance else None,
        sort=form.sort,
        after=form.after,
        limit=limit,
        facets=facets,
        on=site.today(),
    )
