"""The gateway is the door: it knows who asks, asks the others for them, and tells them what happens.

Owns: accounts, identities at a provider, sessions, API keys, links for a new password, the audit log, settings templates, allowances
(how often somebody may do something), creations under an Idempotency-Key, notices and what people want to be mailed, webhooks and
what is sent to them.
Answers: the public API over HTTP, live events over SSE, its own description at /schema.
Hears: SendPasswordReset, SendLetter, BatchEnded, ExportEnded, NoticeRaised; updates on the live and the log stream.
Says: AccountChanged, SendPasswordReset, SendLetter; NoticesChanged.
"""
