"""What an operator's monitoring reads of letters and webhooks, at /metrics of the gateway's worker."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

letters = Counter("dailies_gateway_letters", "Letters by what came of a try: sent, later or refused.", ["outcome"])
webhook_tries = Counter(
    "dailies_gateway_webhook_tries", "Tries of webhooks by what came of them: delivered, later or failed.", ["outcome"]
)
webhook_seconds = Histogram(
    "dailies_gateway_webhook_seconds",
    "Seconds that receivers of webhooks took to answer.",
    buckets=(0.03, 0.1, 0.3, 1, 3, 10, 30),
)
webhooks_disabled = Counter("dailies_gateway_webhooks_disabled", "Webhooks that were switched off because they failed.")
