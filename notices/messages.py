"""Messages as they go out: plain text, in one language, and no header holds what a visitor smuggled in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from urllib.parse import urlsplit

from directory.errors import InputError, UsageError
from directory.settings import PLAIN_ADDRESS, Settings
from records.mail import Draft

LONGEST_ADDRESS = 254
# A header is not folded: an address in List-Unsubscribe would be encoded where it is cut, and no program reads it then.
SEVEN_BIT = SMTP.clone(cte_type="7bit", max_line_length=998)


def parse_address(text: str) -> str:
    """One plain address, its domain in small letters; raises UsageError for anything more or less."""
    address = text.strip()
    if len(address) > LONGEST_ADDRESS or not PLAIN_ADDRESS.fullmatch(address) or "." not in address.rpartition("@")[2]:
        raise UsageError("This is not an e-mail address we can write to.")
    local, _, domain = address.rpartition("@")
    if ".." in local:
        raise UsageError("This is not an e-mail address we can write to.")
    return f"{local}@{domain.lower()}"


def make_draft(
    settings: Settings,
    *,
    key: str,
    owner: str,
    to: str,
    subject: str,
    body: str,
    language: str,
    at: datetime,
    headers: Mapping[str, str] | None = None,
) -> Draft:
    """The message under its lasting Message-ID; raises InputError where a header holds a control character."""
    host = urlsplit(settings.base_url).hostname or "localhost"
    message = EmailMessage(policy=SEVEN_BIT)
    message.set_content(body)  # first: it takes away what Content-… fields there are
    fields = {
        "From": f"Palpate <{settings.mail_from}>",
        "To": parse_address(to),
        "Subject": subject,
        "Date": format_datetime(at),
        "Message-ID": f"<{sha256(key.encode()).hexdigest()[:32]}@{host}>",
        "Content-Language": language,
        "Auto-Submitted": "auto-generated",
        **(headers or {}),
    }
    for name, value in fields.items():
        if any(ord(character) < 32 or ord(character) in (127, 0x85, 0x2028, 0x2029) for character in name + value):
            raise InputError(f"The header {name} of a message holds a control character.")
        message[name] = value
    return Draft(key=key, owner=owner, recipient=fields["To"], message=message.as_string())
