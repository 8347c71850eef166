"""How far everybody has read, so that what is new can stand out."""

from collections.abc import Callable

Marks = dict[str, dict[str, str]]

PHONES = "phones"
"""Who holds the phones; their places are numbers, read up to a count of texts."""


class ReadMarks:
    """For each reader and place (a channel, a thread, a phone), up to where it was read."""

    def __init__(self, changed: Callable[[], None] = lambda: None) -> None:
        self._marks: Marks = {}
        self._changed = changed

    def up_to(self, reader: str, place: str) -> float:
        """The timestamp or count up to which it was read; 0 where it never was."""
        return float(self._marks.get(reader, {}).get(place, "0"))

    def note(self, reader: str, place: str, mark: str) -> None:
        """It was read up to here; marks never go back."""
        if float(mark) > self.up_to(reader, place):
            self._marks.setdefault(reader, {})[place] = mark
            self._changed()

    def dump(self) -> Marks:
        """Everything, for JSON."""
        return self._marks

    def load(self, marks: Marks) -> None:
        """Become what ``dump`` saw."""
        self._marks = {reader: dict(places) for reader, places in marks.items()}
