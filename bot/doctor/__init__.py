"""``switchboard doctor``: whether an installation is as it has to be, and for what is not, the one thing to do.

``findings`` what a check comes to · ``database``, ``slack``, ``upstreams``, ``way_in`` and ``times`` the checks ·
``examination`` runs them at once · ``report`` writes them down.

Nothing is changed by it: the database is only read, Slack is asked what the bot asks anyway, a login code that is none
and an event that is none are refused. It is made to run beside a running bot.
"""

from bot.doctor.examination import examine
from bot.doctor.findings import Report
from bot.doctor.report import as_json, as_text, settings_refused

__all__ = ["Report", "as_json", "as_text", "examine", "settings_refused"]
