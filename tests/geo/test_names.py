"""Names in which addresses of tickets are found again."""

from __future__ import annotations

import pytest

from geo.names import names_in


@pytest.mark.parametrize(
    ("rest", "names"),
    [
        ("天府三街199号3栋2单元", [("door", "天府3街199号"), ("road", "天府3街")]),
        ("天府３街１９９号", [("door", "天府3街199号"), ("road", "天府3街")]),
        (
            "双庆路99号万科城市花园5栋地下车库",
            [("door", "双庆路99号"), ("road", "双庆路"), ("compound", "万科城市花园")],
        ),
        ("科华北路与一环路南三段交叉口", [("road", "科华北路"), ("road", "1环路南3段")]),
        ("宝山村7组", [("compound", "宝山村")]),
        ("附近", []),
        ("asdf 123", []),
        ("", []),
    ],
)
def test_an_address_gives_its_doors_roads_and_compounds(rest: str, names: list[tuple[str, str]]) -> None:
    assert [tuple(name) for name in names_in(rest)] == names


def test_a_long_text_gives_short_names() -> None:
    assert all(len(name.text) <= 60 for name in names_in("很长的地名" * 200))
