"""By which names are the figures of a pair called, in which column does each stand, and what do the flags say?

The fitted coefficients of the model stand beside these names. Never computes anything.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.numbers import (
    BUILDING,
    EXIT,
    FLOOR,
    GROUP,
    HEADING,
    HOUSE,
    KM,
    LANE,
    LINE,
    OFFSET,
    PHASE,
    ROOM,
    SUB,
    UNIT,
    ZONE,
)  # fmt: skip

GROUPS = ("house", "building", "phase", "group", "line", "inside", "offset", "indoor")
NAMES = (
    "primary", "primary_exact", "primary_none", "primary_rest", "road", "road_exact", "road_none", "road_rest",
    "crossing_open", "query_rest", "query_rest_weight", "query_exact", "sounds", "others", "turned", "unsaid",
    "same_district", "same_city", "division_unknown", "other_district", "other_city", "other_by_short_name",
    "same_town", "other_town", "bare_same", "bare_other", "opposite_asked", "opposite_listed", "share",
    "identity", "identity_strict", "both_names", "name_without_house", "crossing_whole",
    "other_road_same_name", "other_name_same_house", "road_alone", "abbreviated", "hinted", "rest_behind",
    "road_unsaid",
    *(f"{group}_{what}" for group in GROUPS for what in ("same", "other", "unsaid", "more")),
)  # fmt: skip
COUNT = len(NAMES)
(
    PRIMARY_FIT, PRIMARY_EXACT, PRIMARY_NONE, PRIMARY_REST, ROAD_FIT, ROAD_EXACT, ROAD_NONE, ROAD_REST, CROSSING,
    REST, REST_WEIGHT, EXACT, SOUNDS, OTHERS, TURNED, UNSAID, SAME_DISTRICT, SAME_CITY, UNKNOWN,
    OTHER_DISTRICT, OTHER_CITY, OTHER_SHORT, SAME_TOWN, OTHER_TOWN, BARE_SAME, BARE_OTHER, OPPOSITE_ASKED,
    OPPOSITE_LISTED, SHARE, IDENTITY, IDENTITY_STRICT, BOTH, NAME_ONLY, CROSSING_WHOLE, OTHER_ROAD, OTHER_NAME,
    ROAD_ALONE, ABBREVIATED, HINTED, REST_BEHIND, ROAD_UNSAID, NUMBERS,
) = range(42)  # fmt: skip
NUMBER_DIFFERS, NUMBER_UNSAID, NAME_DIFFERS, DIVISION_DIFFERS, TOWN_DIFFERS, BESIDE, MORE_ASKED = 1, 2, 4, 8, 16, 32, 64
HOUSE_UNSAID, FAR_AWAY, NARROWER, INDOOR_UNSAID, INDOOR_DIFFERS, SHORT_NAME = 128, 256, 512, 1024, 2048, 4096
KILOMETRE = 8192  # no reason against: a kilometre of a motorway is the same
INDOOR = NUMBERS + 4 * GROUPS.index("indoor")  # no number: the parts of geo.indoor


def _group_table() -> NDArray[np.int64]:
    table = np.full(16, -1, np.int64)
    members = ((HOUSE,), (BUILDING,), (PHASE, ZONE), (GROUP, LANE), (LINE, EXIT, KM, SUB), (UNIT, FLOOR, ROOM),
               (OFFSET, HEADING))  # fmt: skip
    for group, kinds in enumerate(members):
        table[list(kinds)] = group
    return table


GROUP_OF = _group_table()
