"""Whether the clocks agree: ours, those of the services, and the database's."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.doctor.findings import Check, Finding, several

CLOCK = Check("clock", "Clocks")

Now = Callable[[], datetime]

_NOTICED = timedelta(seconds=5)
"""What is told; a service's date is whole seconds, and takes a while to come."""
_TOO_MUCH = timedelta(seconds=60)
"""Slack's signatures are good for five minutes, and leases for less."""

_NTP = "Let the machine take its time from the network, as with `timedatectl set-ntp true`."


class Times:
    """What time others have it, beside what we have at that moment."""

    def __init__(self, now: Now) -> None:
        self._now = now
        self._ahead: dict[str, timedelta] = {}

    def heard(self, who: str, moment: datetime | None) -> None:
        """Somebody told the time; None where they did not."""
        if moment is not None:
            self._ahead[who] = moment - self._now()

    @property
    def finding(self) -> Finding:
        """What that comes to."""
        if not self._ahead:
            return CLOCK.skipped("Nobody told the time.")
        off = {who: ahead for who, ahead in self._ahead.items() if abs(ahead) > _NOTICED}
        if not off:
            return CLOCK.well(f"This machine's agrees with that of {several(list(self._ahead))}.")
        message = " ".join(f"{who} has it {_words(ahead)} this machine." for who, ahead in off.items())
        whose = "this machine's clock" if set(off) != {"the database"} else "the clock of the database's machine"
        mend = f"Set {whose}. {_NTP}"
        if max(map(abs, off.values())) > _TOO_MUCH:
            return CLOCK.failed(_begun(message), mend)
        return CLOCK.doubtful(_begun(message), mend)


def _words(ahead: timedelta) -> str:
    return f"{abs(ahead).total_seconds():.0f} seconds {'later' if ahead > timedelta() else 'earlier'} than"


def _begun(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
