"""The faults of the line, by the name of its package."""

from bot.sandbox.faults import Fault, Faults, Rule

__all__ = ["Fault", "Faults", "Rule"]
