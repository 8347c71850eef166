"""Whom the bot's token is shown to when a file is fetched."""

import pytest

from bot.slack.hosts import is_slacks

SLACK = "https://slack.com/api/"
LIKE = "http://127.0.0.1:4000/api/"


@pytest.mark.parametrize(
    ("url", "api", "fetched"),
    [
        ("https://files.slack.com/files-pri/T1-F1/people.csv", SLACK, True),
        ("https://team.slack.com/files/F1", SLACK, True),
        ("http://files.slack.com/f", SLACK, False),
        ("https://files.slack.com:8443/f", SLACK, False),
        ("https://files.slack.com.example.com/f", SLACK, False),
        ("https://notslack.com/f", SLACK, False),
        ("https://slack.com@example.com/f", SLACK, False),
        ("https://example.com@files.slack.com/f", SLACK, False),
        ("https://169.254.169.254/latest/meta-data", SLACK, False),
        ("file:///etc/passwd", SLACK, False),
        ("", SLACK, False),
        ("https://[", SLACK, False),
        ("http://127.0.0.1:4000/files/F1/people.csv", LIKE, True),
        ("http://127.0.0.1:4001/files/F1/people.csv", LIKE, False),
        ("http://localhost:4000/f", LIKE, False),
        ("https://files.slack.com/f", LIKE, False),
    ],
)
def test_the_token_goes_to_slack_alone(url: str, api: str, fetched: bool) -> None:
    """To Slack's own hosts over TLS; where a look-alike stands in for Slack, to exactly that one."""
    assert is_slacks(url, api) is fetched
