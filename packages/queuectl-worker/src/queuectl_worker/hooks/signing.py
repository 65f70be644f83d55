"""Signatures of Standard Webhooks (standardwebhooks.com): HMAC-SHA256 over id, time and body."""

import base64
import hashlib
import hmac

PREFIX = "whsec_"


def signed_headers(secret: bytes, *, message_id: str, at: int, body: bytes) -> dict[str, str]:
    """Return the headers by which a receiver that has *secret* knows the sender.

    Args:
        message_id: The same each time that the message is sent.
        at: Seconds since 1970; receivers refuse old ones, so that nobody sends it again.
    """
    content = b".".join((message_id.encode(), str(at).encode(), body))
    mark = base64.b64encode(hmac.new(secret, content, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{mark}",
    }


def secret_text(secret: bytes) -> str:
    """Return *secret* as receivers are given it."""
    return PREFIX + base64.b64encode(secret).decode()


def read_secret(text: str) -> bytes:
    """Return the bytes of a secret: those of `whsec_…`, or the text's own.

    Raises:
        ValueError: It is too short to keep anybody out, or not base64 behind its prefix.
    """
    text = text.strip()
    secret = text.encode()
    if text.startswith(PREFIX):
        try:
            secret = base64.b64decode(text.removeprefix(PREFIX), validate=True)
        except ValueError as error:
            raise ValueError(f"what follows {PREFIX} is not base64") from error
    if not 16 <= len(secret) <= 512:
        raise ValueError(f"a secret has 16 to 512 bytes, not {len(secret)}")
    return secret
