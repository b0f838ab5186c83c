"""The API for programs: the listings of the command line under the same names."""

from __future__ import annotations

from fastapi import APIRouter

from backref.faces.serve.api import imports, listings, ranked, watching

PREFIX = "/api/v1"

router = APIRouter(prefix=PREFIX)
router.include_router(listings.router)
router.include_router(ranked.router)
router.include_router(watching.router)
router.include_router(imports.router)
