"""Which addresses are Slack's own: payloads name them, and what we hold goes to nobody else. Pure."""

from urllib.parse import urlsplit

_SLACK = ("slack.com", "slack-gov.com")


def is_slacks(url: str, api_url: str) -> bool:
    """Whether an address is one of Slack's own, as the API at ``api_url`` is."""
    try:
        asked, api = urlsplit(url), urlsplit(api_url)
        here, there = (asked.scheme, asked.hostname, asked.port), (api.scheme, api.hostname, api.port)
    except ValueError:
        return False
    if asked.username is not None or asked.password is not None or not asked.hostname:
        return False
    if _is_slack(api.hostname or ""):
        return asked.scheme == "https" and asked.port in (None, 443) and _is_slack(asked.hostname)
    return here == there


def _is_slack(host: str) -> bool:
    return any(host == name or host.endswith(f".{name}") for name in _SLACK)
