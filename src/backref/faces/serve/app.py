"""The server, put together: one open store, a guard around it, an API and pages on top."""

from __future__ import annotations

from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from backref.check.fetcher import Fetcher
from backref.faces.serve import api, door, pages, problem
from backref.faces.serve.assets import Assets
from backref.faces.serve.door import Door, Gate
from backref.faces.serve.eyes import Eyes
from backref.faces.serve.guard import Guard
from backref.faces.serve.jobs import Jobs
from backref.faces.serve.reading import Reading
from backref.faces.serve.uploads import Uploads
from backref.lake.lake import Lake

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from backref.check.settings import Manners
    from backref.faces.serve.settings import Settings

WORTH_PACKING = 1024
EFFORT = 5
"""The level of compression: 9 takes twice as long for a tenth less."""


def create_app(
    store: Path,
    settings: Settings,
    begun: Callable[[FastAPI], None] = lambda _: None,
    fetching: Callable[[Manners], Fetcher] = Fetcher,
) -> FastAPI:
    """The server of a store, which it opens when it starts; then it calls `begun`. Handlers are
    plain functions that run in threads, at most `settings.workers` at once. `fetching` makes what
    looks at pages."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = settings.workers
        with Lake.open(store) as lake:
            app.state.lake = lake
            app.state.door = Door(lake)
            app.state.reading = reading = Reading(lake, settings.site)
            app.state.uploads = uploads = Uploads(lake.scratch, settings.largest_upload)
            meanwhile = [reading.warm] if settings.warm else []
            with Jobs(lake, uploads, *meanwhile) as jobs:
                app.state.jobs = jobs
                app.state.eyes = Eyes(lake, jobs, settings.contact, fetching)
                begun(app)
                yield

    app = FastAPI(
        title="Backref",
        version=version("backref"),
        lifespan=lifespan,
        openapi_url=f"{api.PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings
    app.add_middleware(GZipMiddleware, minimum_size=WORTH_PACKING, compresslevel=EFFORT)
    app.add_middleware(Gate, settings=settings)
    app.add_middleware(Guard, settings=settings)
    app.include_router(door.router)
    app.include_router(api.router)
    app.include_router(pages.router)
    app.mount("/static", Assets(), name="static")
    problem.install(app)
    return app
