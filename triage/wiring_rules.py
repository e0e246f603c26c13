"""Which rules are in force in this process? Apart from wiring.py, whose store and matcher take seconds to import."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from rules.loader import load_rules
from rules.ruleset import RuleSet
from triage.settings import Settings, read_settings


def settings(province: str | None = None) -> Settings:
    """Return the settings of this process; a province asked for outranks the environment. Raises SettingsInvalid."""
    environment = dict(os.environ)
    if province is not None:
        environment["SUYIN_PROVINCE"] = province
    return read_settings(environment)


def now() -> datetime:
    """Return the time, UTC."""
    return datetime.now(UTC)


def open_rules(province: str | None, content: Path | None = None) -> RuleSet:
    """Load the rules in force. Raises RulesInvalid naming every problem."""
    return load_rules(content, province=province)
