"""How good does a stream sound? The E-model of ITU-T G.107 with the impairments of G.113 appendix I.

Assumed, because a capture at one point cannot show it: one-way delay below 100 ms (Idd = 0), no echo, G.711 with packet
loss concealment, default values elsewhere (R0 - Is = 93.2, A = 0). Narrowband codecs only, no figure for others.
The numbers of G.107 and G.113 were written from knowledge of the documents, which were not at hand.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ASSUMED = "delay below 100 ms, 60 ms playout buffer, concealment in G.711"
# Codec → Ie, Bpl.
_IMPAIRMENTS = {
    "PCMU": (0.0, 25.1), "PCMA": (0.0, 25.1), "G729": (11.0, 19.0), "G723": (15.0, 16.1), "AMR": (5.0, 10.0),
    "GSM-EFR": (5.0, 10.0), "GSM": (20.0, 10.0), "G726-32": (7.0, 10.0), "G728": (7.0, 17.0),
}  # fmt: skip
Floats = NDArray[np.float64]


def impairments(codecs: list[str]) -> tuple[Floats, Floats]:
    """Return Ie and Bpl of each codec, nan where G.113 gives none. codecs: names in upper case."""
    pairs = np.array([_IMPAIRMENTS.get(codec, (np.nan, np.nan)) for codec in codecs], np.float64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def burst_ratio(lost: Floats, runs: Floats, sent: Floats) -> Floats:
    """Return BurstR: mean length of the runs of losses over what random loss would give (G.107 section 3.5), ≥ 1.

    lost, runs, sent: packets lost, in how many runs, out of how many. Arrays of one length.
    """
    share = lost / np.maximum(sent, 1.0)
    return np.maximum(1.0, lost / np.maximum(runs, 1.0) * (1.0 - share))


def mean_opinion(ie: Floats, bpl: Floats, loss_percent: Floats, burst: Floats) -> Floats:
    """Return MOS-CQE, 1.0 to 4.41, nan where Ie is nan.

    loss_percent: packets that were lost or came too late. burst: BurstR. Source: G.107 equations 7-29 and B-4.
    """
    effective = ie + (95.0 - ie) * loss_percent / (loss_percent / burst + bpl)
    rating = np.clip(93.2 - effective, 0.0, 100.0)
    return mos_of_rating(rating)


def mos_of_rating(rating: Floats) -> Floats:
    """Return the MOS of ratings R, 0 to 100 (G.107 annex B)."""
    mos = 1.0 + 0.035 * rating + rating * (rating - 60.0) * (100.0 - rating) * 7e-6
    return np.where(rating <= 0.0, 1.0, np.where(rating >= 100.0, 4.5, np.maximum(1.0, mos)))
