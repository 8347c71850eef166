"""The figures of one running process, for Prometheus. No label ever holds a number, a name or a token."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

CONTENT_TYPE = CONTENT_TYPE_LATEST


class Metrics:
    """One registry per application, so that several may live in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.upstream = Histogram(
            "switchboard_upstream_seconds",
            "Requests to Clearstream, Clarity and Slack, by route template.",
            ("service", "method", "route", "status"),
            registry=self.registry,
        )
        self.acks = Histogram(
            "switchboard_ack_seconds",
            "From a Slack interaction's arrival to its acknowledgement.",
            ("kind",),
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3),
            registry=self.registry,
        )
        self.operations = Counter(
            "switchboard_operations_total",
            "Attempts of the ledger, by kind.",
            ("kind",),
            registry=self.registry,
        )
        self.ledger = Gauge(
            "switchboard_ledger_operations",
            "Operations that have not ended, by kind and state.",
            ("kind", "state"),
            registry=self.registry,
        )
        self.ledger_age = Gauge(
            "switchboard_ledger_oldest_ready_seconds",
            "Age of the oldest operation that waits to leave.",
            registry=self.registry,
        )
        self.poll_age = Gauge(
            "switchboard_poll_age_seconds",
            "Time since a poll last succeeded.",
            ("job",),
            registry=self.registry,
        )
        self.poll_failures = Counter(
            "switchboard_poll_failures_total", "Polls that failed.", ("job",), registry=self.registry
        )
        self.texts = Counter(
            "switchboard_texts_total", "Texts found by polling.", ("direction",), registry=self.registry
        )
        self.errors = Counter(
            "switchboard_errors_total", "Errors a person was told about.", ("where",), registry=self.registry
        )

    def observe_upstream(self, service: str, method: str, route: str, status: int | None, seconds: float) -> None:
        """Count one request to an upstream; ``status`` None where there was no answer."""
        self.upstream.labels(service, method, route, "none" if status is None else str(status)).observe(seconds)

    def page(self) -> bytes:
        """The text that Prometheus reads."""
        return generate_latest(self.registry)
