"""How the site says no."""

from typing import Any


class Refusal(Exception):
    """A request is refused with an HTTP status; ``str(refusal)`` is the site's sentence.

    ``code`` is OAuth's word for it, where the refusal is OAuth's (draft 10, section 4.3.1).
    """

    def __init__(self, status: int, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    def body(self) -> dict[str, Any]:
        """The JSON body."""
        if self.code is not None:
            return {"error": self.code, "error_description": str(self)}
        return {"error": str(self)}


def not_found(what: str) -> Refusal:
    """404 for a thing that does not exist, or is not this member's to see; ``what`` is its name ("call")."""
    return Refusal(404, f"This {what} could not be found.")


def invalid(sentence: str) -> Refusal:
    """422 with what is wrong."""
    return Refusal(422, sentence)
