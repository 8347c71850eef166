"""Phone numbers: as people write them, and in E.164 as Clearstream wants them ("Must be in E.164 format")."""

from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from bot.errors import Invalid

DEFAULT_REGION = "US"
"""Where a number without a country code is taken to be."""


def e164(text: str, region: str = DEFAULT_REGION) -> str | None:
    """The number people write as ``text``, in E.164 (``+12005551000``), or None when it cannot be one.

    "Cannot be" means by its length and country code: whether a number is in use is for the network to say, and the
    numbers of documents and films must pass.
    """
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def normalise(text: str, field: str = "mobile_number", region: str = DEFAULT_REGION) -> str:
    """The number people write as ``text``, in E.164; raises Invalid about ``field`` when it cannot be one."""
    number = e164(text, region)
    if number is None:
        problem = "This is not a phone number that can be texted. Write it like +1 200-555-1000."
        raise Invalid(f"{problem} Nothing was sent.", {field: [problem]})
    return number


@lru_cache(maxsize=1024)
def readable(number: str) -> str:
    """An E.164 number as people write it (``+1 200-555-1000``); what is no number stays as it is."""
    try:
        parsed = phonenumbers.parse(number, None)
    except NumberParseException:
        return number
    return phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)
