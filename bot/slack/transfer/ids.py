"""Names and values that the buttons and modals of imports and exports carry; see ``bot.slack.ids``."""

from bot.slack.ids import Carried, Number

SHORTCUT_IMPORT = "import_subscribers"

VIEW_FILE = "import_file"
FILE = "import.file"
VIEW_COLUMNS = "import_columns"
COLUMN = "import.column"
LISTS = "import.lists"
COUNTRY = "import.country"
UPDATE = "import.update"
VIEW_RUN = "import_run"
STOP = "import.stop"

ALSO = "names"
"""The value of the box **Write names of those who are subscribers already**."""


class ImportDraft(Carried):
    """What the modals of one import were drawn from; ``draft`` is minted when the first opens: it is begun once.

    ``turn`` counts up when a file was not taken, as Slack keeps a file in a field of the same name.
    """

    draft: str
    turn: Number = 0
    channel: str | None = None


class OfTransfer(Carried):
    """A button on the message of an import."""

    transfer: str
