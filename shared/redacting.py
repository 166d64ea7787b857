"""What no log may have is taken out of every line at its last moment: logins, signatures, tokens and email addresses.

Our own lines name none of them. This is for what libraries and other people's servers say, also in tracebacks.
"""

from __future__ import annotations

import re

GONE = "…"

_RULES = (
    # A login in an address: amqp://user:password@host
    (re.compile(r"(?<=://)[^/\s:@'\"]*:[^/\s@'\"]+(?=@)"), GONE),
    # What makes a signed URL good for whoever has it, ours and S3's, and links with a token.
    (
        re.compile(
            r"(?i)\b((?:x-amz-(?:signature|credential|security-token)|signature|sig|token|password|secret)=)[^&\s'\",;]+"
        ),
        r"\1" + GONE,
    ),
    # The same in JSON, such as the answer of a provider of sign-ins.
    (
        re.compile(
            r"(?i)(\"(?:\w*_)?(?:token|secret|password)\"\s*:\s*\")(?<!\"run_token\": \")(?<!\"run_token\":\")[^\"]+"
        ),
        r"\1" + GONE,
    ),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}"), r"\1 " + GONE),
    (re.compile(r"\b(?:dly|whsec)_[A-Za-z0-9_+/=-]{8,}"), GONE),
    (
        re.compile(
            r"(?<![\w.+-])(?!(?:gateway|uploader|scheduler|processor|exporter)@)[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}\b"
        ),
        GONE,
    ),
)


def redacted(text: str) -> str:
    """The text without secrets and email addresses."""
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    return text
