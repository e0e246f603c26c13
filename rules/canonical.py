"""Which text stands for a piece of content, whatever its layout, comments and quotes in the file?"""

from __future__ import annotations

import hashlib
import json

from rules.yaml_nodes import Plain


def canonical(data: Plain) -> str:
    """Return compact JSON; the order of keys is kept, because the order of a fact's values means something."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def digest(data: Plain) -> str:
    """Return the sha256 hex of the canonical text."""
    return hashlib.sha256(canonical(data).encode()).hexdigest()
