"""Clearstream and Clarity: whether their keys are accepted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.clarity import client as clarity
from bot.clarity import oauth
from bot.clearstream import client as clearstream
from bot.doctor.findings import Check, Finding, counted, mended, said
from bot.doctor.times import Times
from bot.errors import NotFound, NotSent, Rejected, Unauthorized, UpstreamError
from bot.http import ApiClient
from bot.settings import Settings

CLEARSTREAM = Check("clearstream.key", "CLEARSTREAM_API_KEY")
SHARED = Check("clarity.token", "CLARITY_OAUTH_TOKEN")
LOGIN = Check("clarity.application", "CLARITY_CLIENT_ID")

_NO_CODE = "switchboard-doctor"


@dataclass(frozen=True)
class Upstreams:
    """What is asked of them; ``seconds`` are for one request, its repetitions included."""

    settings: Settings
    times: Times
    seconds: float

    async def clearstream_key(self) -> list[Finding]:
        """Ask for the account."""
        key = self.settings.clearstream_api_key
        if key is None:
            mend = "In Clearstream make an API key in the account's settings, and set CLEARSTREAM_API_KEY."
            return [CLEARSTREAM.doubtful("Not set: there are no texts; `/sms` says how to set it up.", mend)]
        api = clearstream.open_api(key.get_secret_value(), self.settings.clearstream_api_url, timeout=self.seconds)
        try:
            account = await _asked(api, "/account", self.times)
        except Unauthorized:
            mend = "Copy it anew from the account's settings in Clearstream, or make another."
            return [CLEARSTREAM.failed("Clearstream does not accept it.", mend)]
        except UpstreamError as error:
            return [CLEARSTREAM.failed(said(error), mended(error, "CLEARSTREAM_API_URL"))]
        finally:
            await api.aclose()
        account = account.get("data", account)
        name, credits = account.get("business"), account.get("credits")
        if isinstance(credits, int) and credits <= 0:
            return [CLEARSTREAM.doubtful(f"It is {name}'s, which has no credits left.", "Buy credits in Clearstream.")]
        left = f", with {counted(credits, 'credit')}" if isinstance(credits, int) else ""
        return [CLEARSTREAM.well(f"It is {name}'s{left}.")]

    async def clarity_keys(self) -> list[Finding]:
        """Ask who the shared account is, and whether Clarity knows the application."""
        return [await self._shared(), await self._login()]

    async def _shared(self) -> Finding:
        token = self.settings.clarity_oauth_token
        if token is None:
            return SHARED.skipped("Not set: there is no shared account.")
        api = clarity.open_api(self.settings.clarity_api_url, timeout=self.seconds)
        try:
            me = await _asked(api.signed({"oauth_token": token.get_secret_value()}), "/me", self.times)
        except Unauthorized:
            return SHARED.failed(
                "Clarity does not accept it.", "Take a new one from Clarity, and set CLARITY_OAUTH_TOKEN."
            )
        except UpstreamError as error:
            return SHARED.failed(said(error), mended(error, "CLARITY_API_URL"))
        finally:
            await api.aclose()
        return SHARED.well(f"It is {me.get('name') or me.get('screen_name') or 'somebody'}'s.")

    async def _login(self) -> Finding:
        """A code that is none tells whether id and secret are known; the page to allow it, whether the address is."""
        client_id, secret = self.settings.clarity_client_id, self.settings.clarity_client_secret
        if client_id is None or secret is None:
            return LOGIN.skipped("Not set: nobody connects an account of their own.")
        callback, address = f"{self.settings.public_url}/clarity/callback", self.settings.clarity_oauth_url
        try:
            await oauth.exchange(
                _NO_CODE,
                client_id=client_id,
                client_secret=secret.get_secret_value(),
                redirect_uri=callback,
                authorize_url=address,
                timeout=self.seconds,
            )
        except NotFound:
            return LOGIN.failed("There is nothing at CLARITY_OAUTH_URL.", "Correct CLARITY_OAUTH_URL, or leave it out.")
        except Rejected as error:
            if isinstance(error, Unauthorized) or "_client" in str(error):
                mend = "Copy CLARITY_CLIENT_ID and CLARITY_CLIENT_SECRET anew from the application in Clarity."
                return LOGIN.failed("Clarity does not accept the application's id or secret.", mend)
        except UpstreamError as error:
            return LOGIN.failed(said(error), mended(error, "CLARITY_OAUTH_URL"))
        return await self._page(oauth.authorize_url(client_id, callback, _NO_CODE, address), callback)

    async def _page(self, url: str, callback: str) -> Finding:
        parts = urlsplit(url)
        async with ApiClient(
            service="Clarity", base_url=f"{parts.scheme}://{parts.netloc}/", timeout=self.seconds
        ) as api:
            try:
                await api.request("GET", f"{parts.path}?{parts.query}", route="/oauth/authorize", plain=True)
            except Rejected as error:
                mend = f"Register exactly {callback} as the application's redirect address in Clarity."
                return LOGIN.failed(f"Clarity refuses to ask for people's permission ({error.status}).", mend)
            except UpstreamError as error:
                if error.status is None:
                    return LOGIN.failed(said(error), mended(error, "CLARITY_OAUTH_URL"))
        return LOGIN.well("As far as Clarity tells, it knows the application and its redirect address.")


async def _asked(api: ApiClient, path: str, times: Times) -> Mapping[str, Any]:
    answer = await api.request("GET", path, route=path)
    times.heard(api.service, answer.date)
    if not isinstance(answer.body, dict):
        raise NotSent(f"{api.service} answered in a way that makes no sense.", service=api.service)
    return answer.body
