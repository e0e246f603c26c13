"""What can go wrong while a place is looked for?

GeoError
├── DivisionsUnreadable   the table of divisions is missing or of another version
├── PlacesUnreadable      a list of places or areas cannot be read at all
├── IndexUnreadable       a saved index is missing, damaged or of another version
├── ContentUnreadable     a word list or the fitted model under rules/content/geo is missing or damaged
└── FitImpossible         corrections or generated pairs cannot be fitted
"""


class GeoError(Exception):
    """Root of everything this package raises on purpose."""


class DivisionsUnreadable(GeoError):
    """The table of divisions is missing, damaged or of another version."""


class PlacesUnreadable(GeoError):
    """A list of places or areas cannot be read at all."""


class IndexUnreadable(GeoError):
    """A saved index is missing, damaged or of another version."""


class ContentUnreadable(GeoError):
    """A word list or the fitted model is missing or damaged."""


class FitImpossible(GeoError):
    """There is too little, or too uniform, material to fit on."""
