"""The half of the composition that is about Clarity."""

from bot import experts
from bot.settings import Settings


def test_what_can_log_people_in_shows_no_secret() -> None:
    """The client's secret stands in no repr, however deep it is held."""
    settings = Settings.model_validate(
        {
            "slack_bot_token": "xoxb-1",
            "slack_app_token": "xapp-1",
            "clarity_client_id": "switchboard",
            "clarity_client_secret": "very-secret",
        }
    )
    login = experts.login(settings)
    assert login is not None
    assert "client_id=switchboard" in login.authorize("state")
    assert "very-secret" not in repr(login)
