"""The reviewers' rooms: behind a sign-in, in English, never indexed."""

from __future__ import annotations

from fastapi import APIRouter

from web.admin import (
    account,
    accounts,
    asking,
    following,
    forgotten,
    joining,
    leaving,
    own,
    people,
    programs,
    queue,
    single_sign_on,
    sources,
    trail,
)

router = APIRouter(prefix="/admin", include_in_schema=False)
router.include_router(account.router)
router.include_router(single_sign_on.router)
router.include_router(forgotten.router)
router.include_router(own.router)
router.include_router(accounts.router)
router.include_router(programs.router)
router.include_router(queue.router)
router.include_router(leaving.router)
router.include_router(people.router)
router.include_router(joining.router)
router.include_router(sources.router)
router.include_router(asking.router)
router.include_router(trail.router)
router.include_router(following.router)
