"""The gateway is the door: it knows who asks, asks the others for them, and tells them what happens.

Owns: accounts, sessions, API keys, links for a new password, settings templates, allowances (how often somebody may do
something), creations under an Idempotency-Key, notices and what people want to be mailed.
Answers: the public API over HTTP, live events over SSE, its own description at /schema.
Hears: SendPasswordReset, BatchEnded, ExportEnded, NoticeRaised; updates on the live and the log stream.
Says: AccountChanged, SendPasswordReset; NoticesChanged.
"""
