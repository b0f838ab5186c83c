"""A message to a chat or a pager, through apprise, which knows more than a hundred of them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from backref.errors import NotInstalled, UsageError
from backref.watch.outcome import Failed

if TYPE_CHECKING:
    from backref.lake.outbox import Delivery
    from backref.watch.target import Target

MOST_CHARACTERS = 3500
OURS = frozenset(("json", "jsons", "xml", "xmls", "form", "forms", "apprise", "apprises"))
"""What is a webhook, which we sign ourselves."""


def service(target: Target) -> Any:
    """The service that an address means. Raises NotInstalled, and UsageError for what apprise does
    not know, cannot use as it is written, or reaches by other ways than HTTP, which the wall of
    `egress` would not see."""
    try:
        from apprise import Apprise, AppriseAsset
    except ImportError:
        raise NotInstalled(
            "Chats are reached through apprise: install it with `pip install 'backref[alerts]'`."
        ) from None
    asset = AppriseAsset(async_mode=False, secure_logging=True, service_timeout=0)
    asset.http_redirects = False
    asset.app_id, asset.app_desc = "Backref", "Link intelligence"
    if target.mode in OURS:
        raise UsageError(f"{target.mode}:// is a webhook: give its https:// address.")
    found = Apprise.instantiate(target.url, asset=asset, suppress_exceptions=True)
    if found is None:
        raise UsageError(
            f"apprise cannot use this {target.mode}:// address: look at how it writes them, "
            "at https://appriseit.com."
        )
    if not hasattr(sys.modules[type(found).__module__], "requests"):
        raise UsageError(f"{target.mode}:// is not reached by HTTP: choose another service.")
    return found


def send(target: Target, delivery: Delivery) -> None:
    """Send a delivery's text. Raises Failed."""
    try:
        meant = service(target)
    except UsageError as error:
        raise Failed(str(error)) from error
    from apprise import LogCapture

    told = delivery.message
    with LogCapture(level=30) as log:  # type: ignore[no-untyped-call]
        sent = meant.notify(title=calm(told["subject"]), body=calm(told["text"])[:MOST_CHARACTERS])
        said = log.getvalue()
    if not sent:
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        raise Failed(f"{target.mode}:// was not reached. {lines[-1] if lines else ''}".strip())


def calm(text: str) -> str:
    """A text that calls nobody in a chat, whoever wrote the anchors in it.

    >>> calm("@everyone look")
    '＠everyone look'
    """
    return text.replace("@", "＠").replace("<!", "‹!")
