"""What every process counts of its messages, questions and children, at /metrics.

Names are `dailies_<part>_<what>_<unit>`, where the part is a service, or what services share. Labels have few values: never an
id, a name that somebody gave, or a text.
"""

from __future__ import annotations

from prometheus_client import Counter, Histogram

QUICK_S = (0.002, 0.005, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)
LONG_S = (0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000, 10_000)

messages_sent = Counter("dailies_messages_sent", "Messages that RabbitMQ has taken.", ["message"])
messages_handled = Counter(
    "dailies_messages_handled",
    "Messages by what came of a try: done, failed, stopped or unreadable.",
    ["message", "outcome"],
)
message_retries = Counter("dailies_message_retries", "Messages that came again because a try had failed.", ["message"])
message_seconds = Histogram(
    "dailies_message_seconds", "Seconds that the handling of a message took.", ["message"], buckets=LONG_S
)
message_wait_seconds = Histogram(
    "dailies_message_wait_seconds", "Seconds from sending a message to its handling.", ["message"], buckets=LONG_S
)
outbox_seconds = Histogram(
    "dailies_outbox_seconds", "Seconds that a committed message waited in the outbox.", buckets=QUICK_S
)
questions = Counter(
    "dailies_questions", "Questions that were answered, by `ok` or the code of the refusal.", ["question", "outcome"]
)
question_seconds = Histogram("dailies_question_seconds", "Seconds that an answer took.", ["question"], buckets=QUICK_S)
questions_unanswered = Counter(
    "dailies_questions_unanswered", "Questions that were asked here and nobody answered in time.", ["question"]
)
nats_lost = Counter("dailies_nats_lost", "How often the connection to NATS was lost.")
claims = Counter("dailies_claims", "Claims of this worker by the verdict.", ["verdict"])
runs_stopped = Counter("dailies_runs_stopped", "Runs that this worker was told to stop, by the verdict.", ["verdict"])
child_seconds = Histogram(
    "dailies_child_seconds", "Seconds that a program ran which was started here.", ["program"], buckets=LONG_S
)
children = Counter(
    "dailies_children", "Programs that were started here, by ok, failed or stopped.", ["program", "outcome"]
)
