"""An installation for the doctor to look at: all three stand-ins, and settings that suit them."""

from typing import Any

from bot.doctor import Report, as_json, as_text, examine
from bot.doctor.findings import Finding
from bot.sandbox.clarity import cast
from bot.settings import Settings
from tests.club import Club

WEBHOOK_KEY = "wh-hush-51d2"


def values(club: Club, **more: Any) -> dict[str, Any]:
    """Settings with which all is well, also where no bot runs; with ``more``, and without those that are None."""
    given = {
        "slack_bot_token": club.slack.bot_token,
        "slack_app_token": club.slack.app_token,
        "slack_api_url": club.slack.api_url,
        "clearstream_api_key": club.clearstream.api_key,
        "clearstream_api_url": club.clearstream.url,
        "clarity_oauth_token": club.clarity.token(cast.SHARED),
        "clarity_api_url": club.clarity.api_url,
        "clarity_oauth_url": club.clarity.oauth_url,
        "database_url": club.database_url,
        "data_dir": club.folder,
        "inbox_channel": club.texts.id,
        "calls_channel": club.calls.id,
        **more,
    }
    return {name: value for name, value in given.items() if value is not None}


def login(club: Club, **more: Any) -> dict[str, Any]:
    """What lets people connect their own Clarity account."""
    club.clarity.redirect_uris[:] = ["http://localhost:3000/clarity/callback"]
    return {"clarity_client_id": club.clarity.client_id, "clarity_client_secret": club.clarity.client_secret, **more}


async def report_on(settings: Settings, **how: Any) -> Report:
    """What the doctor says; whatever it says, no secret is in it, and what is wrong can be mended."""
    report = await examine(settings, **how)
    for told in (as_json(report), as_text(report, None), as_text(report, 80)):
        assert not [secret for secret in (*settings.secrets(), "hush") if secret in told]
    for each in report.findings:
        assert bool(each.mend) == (each.status in ("warning", "failed")), each
        assert each.message[-1] in ".>", each
    return report


def found(report: Report, name: str) -> Finding:
    """What was found by that name."""
    (one,) = [each for each in report.findings if each.name == name]
    return one


def wrong(report: Report) -> list[str]:
    """The names of what is not well."""
    return [each.name for each in report.findings if each.status in ("warning", "failed")]
