"""Is the machine code of the search there before the first ticket asks for it?

`python -m geo.warm DIVISIONS` compiles what is missing into the cache of geo.compiled. Never changes a list.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from geo.compare import compare
from geo.divisions import Divisions, open_divisions
from geo.index import PlaceIndex
from geo.place import Place, PlaceQuery

_PLACE = Place("plan", "1", "红山家园", "成都市武侯区天府三街199号红山家园")
_QUERY = PlaceQuery("武侯区天府三街199号")


def warm(divisions: Divisions) -> None:
    """Search a list of one place in every way that has machine code of its own: built, opened, changed, compared."""
    built = PlaceIndex.build([_PLACE], divisions)
    built.match([_QUERY])
    with tempfile.TemporaryDirectory() as folder:
        built.save(Path(folder))
        opened = PlaceIndex.open(Path(folder), divisions)
        opened.match([_QUERY])
        opened.update(changed=[_PLACE]).match([_QUERY])
    compare(_PLACE.address, _QUERY.text, divisions)


if __name__ == "__main__":
    warm(open_divisions(Path(sys.argv[1])))
