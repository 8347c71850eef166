"""How the line says no: one exception that becomes the error body of the document's section "Errors"."""

from collections.abc import Mapping, Sequence
from typing import Any


class Refusal(Exception):
    """A request is refused with an HTTP status; ``str(refusal)`` is the line's sentence.

    ``fields`` maps a parameter's name to what is wrong with it.
    """

    def __init__(self, status: int, message: str, fields: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.fields = {name: list(sentences) for name, sentences in (fields or {}).items()}

    def body(self, *, bare: bool = False) -> dict[str, Any]:
        """The JSON body; ``bare`` gives the shorter form ``{"error": "text"}`` that is also seen."""
        if bare:
            return {"error": str(self)}
        return {"error": {"message": str(self), "http_code": self.status, "fields": self.fields}}


def not_found(what: str) -> Refusal:
    """404 for a thing that does not exist; ``what`` is its name ("list")."""
    return Refusal(404, f"The specified {what} could not be found.")


def invalid(fields: Mapping[str, Sequence[str]]) -> Refusal:
    """422 with what is wrong beside each field."""
    return Refusal(422, "Your request did not pass validation.", fields)


def forbidden(message: str) -> Refusal:
    """403 with its reason."""
    return Refusal(403, message)
