"""The API for programs: the listings of the command line under the same names."""

from __future__ import annotations

from fastapi import APIRouter

PREFIX = "/api/v1"

router = APIRouter(prefix=PREFIX)
