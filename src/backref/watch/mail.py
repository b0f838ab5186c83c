"""A message as mail: plain text with an HTML twin, sent through the channel's server."""

from __future__ import annotations

import smtplib
import ssl
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import blake2b
from typing import TYPE_CHECKING

from backref.watch.outcome import Failed

if TYPE_CHECKING:
    from backref.lake.outbox import Delivery
    from backref.watch.target import Target

SECONDS = 20.0
"""For one operation."""
LONGEST_SUBJECT = 200
PERMANENT = 500


def written(target: Target, delivery: Delivery) -> EmailMessage:
    """The mail of a delivery. Sent again it has the same Message-ID, by which mailboxes know a
    twin."""
    told = delivery.message
    mail = EmailMessage(policy=policy.SMTP)
    mail["Subject"] = _line(told["subject"])
    mail["From"] = target.sender
    mail["To"] = ", ".join(target.recipients)
    mail["Date"] = format_datetime(delivery.made)
    mail["Message-ID"] = f"<{message_id(delivery)}@{target.sender.partition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(told["text"], cte="quoted-printable")
    if told.get("html"):
        mail.add_alternative(told["html"], subtype="html", cte="quoted-printable")
    return mail


def message_id(delivery: Delivery) -> str:
    """A name of a message that is the same whenever it is sent."""
    about = f"{delivery.site} {delivery.channel} {delivery.key} {delivery.id}"
    return f"backref.{blake2b(about.encode(), digest_size=16).hexdigest()}"


def send(target: Target, delivery: Delivery) -> None:
    """Send a delivery. Raises Failed."""
    mail = written(target, delivery)
    try:
        with _connected(target) as server:
            if target.user:
                server.login(target.user, target.password)
            refused = server.send_message(mail, target.sender, list(target.recipients))
    except smtplib.SMTPRecipientsRefused as error:
        codes = {code for code, _ in error.recipients.values()}
        raise Failed(
            "The mail server refused every recipient.",
            for_good=all(code >= PERMANENT for code in codes),
        ) from error
    except smtplib.SMTPResponseException as error:
        raise Failed(
            f"The mail server answered {error.smtp_code} {_said(error.smtp_error)}",
            for_good=error.smtp_code >= PERMANENT,
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Failed(
            f"The mail server {target.host}:{target.port} is not there: {error}"
        ) from error
    if refused:
        raise Failed(f"The mail server refused {', '.join(refused)}.", for_good=True)


def _connected(target: Target) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if target.mode == "ssl":
        return smtplib.SMTP_SSL(target.host, target.port, timeout=SECONDS, context=context)
    server = smtplib.SMTP(target.host, target.port, timeout=SECONDS)
    if target.mode == "starttls":
        try:
            server.starttls(context=context)
        except BaseException:
            server.close()
            raise
    return server


def _line(text: str) -> str:
    """A text as a header: one line, however hostile."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:LONGEST_SUBJECT]


def _said(answer: bytes | str) -> str:
    said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return _line(said)
