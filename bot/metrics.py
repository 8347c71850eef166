"""The figures of one running process, for Prometheus. No label ever holds a number, a name or a token.

What is counted here is counted by this process: over several replicas it is summed. What is read from the database
(``SHARED``) is the same in each of them: there the largest is taken, never the sum.
"""

import platform
from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot import __version__

CONTENT_TYPE = CONTENT_TYPE_LATEST

LATE_ACK = 3.0
"""Seconds after which Slack tells the person that it did not work."""

SHARED = " The same from each replica: take max(), not sum()."

_ACK_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, LATE_ACK)
_UPSTREAM_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)
_LAG_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)
_RUN_BUCKETS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


class Metrics:
    """One registry per application, so that several may live in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._of_this_process()
        self._of_the_ledger()
        self._of_the_polls()
        self._of_the_installation()

    def _of_this_process(self) -> None:
        self.build = self._gauge("build_info", "Which version runs, always 1.", "version", "python", "database", "mode")
        self.ready = self._gauge("ready", "1 while this process takes and does its work, as /readyz says.")
        self.slack_connected = self._gauge("slack_connected", "1 while Slack can reach this process.")
        self.database_up = self._gauge("database_up", "1 where the database answered when this page was made.")
        self.acks = self._histogram(
            "ack_seconds",
            "From a Slack interaction's arrival to its acknowledgement, by listener.",
            _ACK_BUCKETS,
            "listener",
        )
        self.late_acks = self._counter("late_acks", f"Acknowledgements after more than {LATE_ACK:g} s.", "listener")
        self.upstream = self._histogram(
            "upstream_seconds",
            "Requests to Clearstream, Clarity and Slack, by route template.",
            _UPSTREAM_BUCKETS,
            "service",
            "method",
            "route",
        )
        self.upstream_requests = self._counter(
            "upstream_requests",
            "Requests upstream by HTTP status; 'refused' is Slack's ok: false, 'none' no answer at all.",
            "service",
            "method",
            "route",
            "status",
        )
        self.errors = self._counter("errors", "Errors a person was told about that nobody foresaw.", "where")

    def _of_the_ledger(self) -> None:
        self.operations = self._counter(
            "operations", "Attempts of the ledger, by kind and the state each ended in.", "kind", "outcome"
        )
        self.ledger_lag = self._histogram(
            "ledger_lag_seconds", "From being asked for to being sent, by kind.", _LAG_BUCKETS, "kind"
        )
        self.ledger = self._gauge("ledger_operations", "Operations that have not ended." + SHARED, "kind", "state")
        self.ledger_oldest = self._gauge(
            "ledger_oldest_seconds",
            "Age of the oldest operation that could have left, or was tried." + SHARED,
            "kind",
            "state",
        )
        self.unconfirmed = self._gauge(
            "unconfirmed_operations", "Operations of which a person has to say what is to be done." + SHARED
        )

    def _of_the_polls(self) -> None:
        self.poll_age = self._gauge(
            "poll_age_seconds", "Since a poll last succeeded; none where it never has." + SHARED, "job"
        )
        self.poll_overdue = self._gauge(
            "poll_overdue_seconds", "For how long a poll has been due without anybody running it." + SHARED, "job"
        )
        self.poll_failing = self._gauge("poll_failures_in_a_row", "Since it last succeeded." + SHARED, "job")
        self.poll_failures = self._counter("poll_failures", "Polls that failed.", "job")
        self.poll_seconds = self._histogram("poll_seconds", "How long a poll ran.", _RUN_BUCKETS, "job")
        self.poll_lag = self._histogram("poll_lag_seconds", "From being due to being run.", _LAG_BUCKETS, "job")
        self.texts = self._counter("texts", "Texts found by polling.", "direction")

    def _of_the_installation(self) -> None:
        self.calls = self._gauge(
            "live_calls", "Clarity calls followed now; 'talking' are those under way." + SHARED, "state"
        )
        self.broadcasts = self._gauge(
            "broadcasts_waiting", "Broadcasts that have not been sent to the end, by state." + SHARED, "state"
        )
        self.accounts = self._gauge(
            "clarity_accounts", "Connected Clarity accounts; 'refused' ones have to log in again." + SHARED, "state"
        )
        self.credits = self._gauge(
            "clearstream_credits", "Credits left, as Clearstream last said; NaN before it did." + SHARED
        )
        self.credits_warning = self._gauge(
            "clearstream_credits_warning", "Below so many credits people are warned, as Setup says." + SHARED
        )

    def _gauge(self, name: str, words: str, *labels: str) -> Gauge:
        return Gauge(f"switchboard_{name}", words, labels, registry=self.registry)

    def _counter(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(f"switchboard_{name}_total", words, labels, registry=self.registry)

    def _histogram(self, name: str, words: str, buckets: Sequence[float], *labels: str) -> Histogram:
        return Histogram(f"switchboard_{name}", words, labels, buckets=buckets, registry=self.registry)

    def runs(self, *, database: str, mode: str) -> None:
        """Say what runs here: ``database`` is its kind, ``mode`` how Slack reaches it."""
        self.build.labels(__version__, platform.python_version(), database, mode).set(1)

    def observe_ack(self, listener: str, seconds: float) -> None:
        """Count one acknowledgement."""
        self.acks.labels(listener).observe(seconds)
        if seconds > LATE_ACK:
            self.late_acks.labels(listener).inc()

    def observe_upstream(self, service: str, method: str, route: str, status: int | str | None, seconds: float) -> None:
        """Count one request to an upstream; ``status`` None where there was no answer."""
        self.upstream.labels(service, method, route).observe(seconds)
        self.upstream_requests.labels(service, method, route, "none" if status is None else str(status)).inc()

    def page(self) -> bytes:
        """The text that Prometheus reads."""
        return generate_latest(self.registry)
