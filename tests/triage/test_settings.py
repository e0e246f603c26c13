"""Settings are read once and fail loudly."""

from __future__ import annotations

from pathlib import Path

import pytest

from triage.errors import SettingsInvalid
from triage.settings import read_settings


def test_nothing_set_means_loopback_and_a_file_beside_the_project() -> None:
    chosen = read_settings({})
    assert (chosen.host, chosen.port, chosen.province) == ("127.0.0.1", 8000, None)
    assert chosen.database_url == f"sqlite:///{chosen.data_dir / 'suyin.db'}"


def test_the_data_directory_carries_the_database() -> None:
    assert read_settings({"SUYIN_DATA_DIR": "/srv/suyin"}).database_url == "sqlite:////srv/suyin/suyin.db"
    assert read_settings({"SUYIN_DATA_DIR": "/srv/suyin"}).uploads == Path("/srv/suyin/uploads")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SUYIN_PORT", "abc"),
        ("SUYIN_PORT", "0"),
        ("SUYIN_PORT", "65536"),
        ("SUYIN_PORT", "８０００"),
        ("SUYIN_WORKERS", "-1"),
        ("SUYIN_PROVINCE", "guangdong"),
        ("SUYIN_DATADIR", "/tmp"),
    ],
)
def test_a_value_that_cannot_be_used_names_the_variable(name: str, value: str) -> None:
    with pytest.raises(SettingsInvalid, match=name):
        read_settings({name: value})
