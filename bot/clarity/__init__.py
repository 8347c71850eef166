"""Clarity's API as a library: typed answers, checks before sending, errors that can be told.

``client`` the endpoints · ``models`` what they answer · ``checks`` what can be sent · ``oauth`` how somebody connects
their account. Knows nothing of Slack or of where things are stored.
"""

from bot.clarity.client import BASE_URL, Clarity, open_api
from bot.clarity.oauth import AUTHORIZE_URL

__all__ = ["AUTHORIZE_URL", "BASE_URL", "Clarity", "open_api"]
