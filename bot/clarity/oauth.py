"""How somebody connects their own account ("OAuth" in the document, a part of draft 10 of OAuth 2.0)."""

import re
from collections.abc import Sequence
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

from bot.errors import Invalid, Rejected
from bot.http import ApiClient, Observe, parse_json

AUTHORIZE_URL = "https://clarity.fm/oauth/authorize"
"""Where a browser asks for permission (GET) and a code becomes a token (POST)."""

_NAMES = ("oauth_token", "access_token")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{1,4096}=*")  # RFC 6750, 2.1
_NO_TOKENS = frozenset({"null", "true", "false", "undefined", "none"})


def authorize_url(client_id: str, redirect_uri: str, state: str, authorize_url: str = AUTHORIZE_URL) -> str:
    """Where to send a browser; it comes back to ``redirect_uri`` with ``code`` and perhaps with ``state``."""
    asked = {"client_id": client_id, "response_type": "code", "redirect_uri": redirect_uri, "state": state}
    address = urlsplit(authorize_url)
    return urlunsplit(address._replace(query=urlencode([*parse_qsl(address.query), *asked.items()])))


async def exchange(
    code: str,
    *,
    client_id: str,
    client_secret: str,
    redirect_uri: str,
    authorize_url: str = AUTHORIZE_URL,
    timeout: float = 20.0,
    observe: Observe | None = None,
) -> str:
    """The token for the ``code`` a browser came back with; a code is good for one.

    Raises Invalid for an empty code, Rejected where Clarity refuses it or answers with anything but a token, and as
    ``ApiClient.request`` does. Neither the code, the secret nor the answer stands in an error.
    """
    if not code.strip():
        raise Invalid("Clarity sent no code along. Start again.", {"code": ["Clarity sent no code along."]})
    secrets = {"client_secret": client_secret, "code": code}
    public = {"client_id": client_id, "grant_type": "authorization_code", "redirect_uri": redirect_uri}
    address = urlsplit(authorize_url)
    async with ApiClient(
        service="Clarity",
        base_url=urlunsplit((address.scheme, address.netloc, "/", "", "")),
        secrets=list(secrets.values()),
        timeout=timeout,
        observe=observe,
    ) as api:
        path = urlunsplit(("", "", address.path, address.query, ""))
        answer = await api.request("POST", path, route="/oauth/authorize", form={**public, **secrets}, plain=True)
    token = read_token(answer.text)
    if token is None:
        sentence = "Clarity answered without a token, so the account is not connected. Start again."
        raise Rejected(sentence, service="Clarity", status=answer.status)
    return token


def read_token(body: str) -> str | None:
    """The token in an answer: JSON or form-encoded under either name, or nothing but itself; None for anything else."""
    body = body.strip("\ufeff \t\r\n")
    try:
        said = parse_json(body.encode())
    except ValueError:
        said = None
    if isinstance(said, dict):
        return _first([said.get(name) for name in _NAMES])
    if isinstance(said, list):
        return None
    form = parse_qs(body, keep_blank_values=True)
    if named := [value for name in _NAMES for value in form.get(name, [])]:
        return _first(named)
    return _first([said if isinstance(said, str) else body])


def _first(values: Sequence[object]) -> str | None:
    tokens = (value.strip() for value in values if isinstance(value, str))
    return next((token for token in tokens if _TOKEN.fullmatch(token) and token.lower() not in _NO_TOKENS), None)
