"""Which terms occur in a text, where, and does the text affirm or deny them?

One automaton holds the terms of all rules and the words of the language, so a text is read once whatever the number
of rules. An occurrence is denied where a word of negation stands before it (没有信号 denies 信号), or a word such as
正常 after it, in the same clause. A term that carries its own negation (没有信号) is not denied by its first word.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntFlag
from functools import lru_cache

from ahocorasick_rs import AhoCorasick

from rules.language import Context, Language
from rules.text import Text

Stretch = tuple[int, int]  # half-open, in characters of the normal form
Occurrences = dict[str, list[Stretch]]

CACHED = 1024  # texts whose occurrences are remembered; a few kilobytes each


class _Role(IntFlag):
    TERM = 1
    BEFORE = 2
    AFTER = 4
    NOT_BEFORE = 8
    NOT_AFTER = 16
    BOILERPLATE = 32


_TERM = int(_Role.TERM)  # asked for each occurrence; a plain int is ten times as fast as the flag
_BOILERPLATE = int(_Role.BOILERPLATE)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in one text.

    found: term → all its occurrences. affirmed, denied: the same, parted; a term without any is left out.
    sentence_ends: characters that `near` does not look across.
    """

    text: Text
    found: Occurrences
    affirmed: Occurrences
    denied: Occurrences
    sentence_ends: frozenset[str]


class Matcher:
    """Finds terms. Build once for a set of rules; reading is free of side effects and may run in threads."""

    def __init__(self, terms: Iterable[str], language: Language) -> None:
        self._language = language
        roles: dict[str, _Role] = {}
        for role, words in (
            (_Role.TERM, terms),
            (_Role.BEFORE, language.negation.words),
            (_Role.NOT_BEFORE, language.negation.unless),
            (_Role.AFTER, language.fine.words),
            (_Role.NOT_AFTER, language.fine.unless),
            (_Role.BOILERPLATE, language.boilerplate),
        ):
            for word in words:
                roles[word] = roles.get(word, _Role(0)) | role
        self._words = sorted(roles)
        self._roles = [int(roles[word]) for word in self._words]
        self._automaton = AhoCorasick(self._words)
        # Category paths are few and come again with every ticket; complaints fall out of the cache by themselves.
        self._find = lru_cache(maxsize=CACHED)(self._find_all)

    def read(self, text: Text) -> Reading:
        """Return the occurrences of the terms in text, in normal-form characters."""
        return Reading(text, *self._find(text.normal), self._language.sentence_ends)

    def _find_all(self, normal: str) -> tuple[Occurrences, Occurrences, Occurrences]:
        """Return what was found, affirmed and denied; nobody changes what comes from here, since it is kept."""
        found: Occurrences = {}
        marks: list[tuple[int, int, int]] = []
        words, roles = self._words, self._roles
        for index, start, end in self._automaton.find_matches_as_indexes(normal, overlapping=True):
            role = roles[index]
            if role & _TERM:
                word = words[index]
                if word in found:
                    found[word].append((start, end))
                else:
                    found[word] = [(start, end)]
            if role != _TERM:
                marks.append((role, start, end))
        if not marks:
            return found, found, {}
        found, marks = _without_boilerplate(found, marks, len(normal))
        return found, *self._part(normal, found, marks)

    def _part(
        self, normal: str, found: Occurrences, marks: list[tuple[int, int, int]]
    ) -> tuple[Occurrences, Occurrences]:
        negations = _uncovered(marks, _Role.BEFORE, _Role.NOT_BEFORE)
        before = _Before(normal, negations, self._language.negation, self._language.clause_ends)
        fine = [mark for mark in _uncovered(marks, _Role.AFTER, _Role.NOT_AFTER) if not before.denies(*mark)]
        if not negations and not fine:
            return found, {}
        after = _After(normal, fine, self._language.fine, self._language.clause_ends)
        affirmed: Occurrences = {}
        denied: Occurrences = {}
        for word, stretches in found.items():
            for stretch in stretches:
                side = denied if before.denies(*stretch) or after.denies(*stretch) else affirmed
                side.setdefault(word, []).append(stretch)
        return affirmed, denied


@dataclass(frozen=True, slots=True)
class _Before:
    """Words that deny what follows them.

    One that reaches into the term counts too (没有 denies 有信号), unless it reaches only over the term's own negation
    (也没 does not deny 没信号).
    """

    normal: str
    words: list[Stretch]
    context: Context
    clause_ends: frozenset[str]

    def denies(self, start: int, end: int) -> bool:
        for word_start, word_end in self.words:
            if word_start < start < word_end < end and self.normal[start:word_end] not in self.context.words:
                return True
            near = word_end <= start <= word_end + self.context.within
            if near and self.clause_ends.isdisjoint(self.normal[word_end:start]):
                return True
        return False


@dataclass(frozen=True, slots=True)
class _After:
    """Words that say that what stands before them is well."""

    normal: str
    words: list[Stretch]
    context: Context
    clause_ends: frozenset[str]

    def denies(self, start: int, end: int) -> bool:
        del start
        for word_start, _ in self.words:
            near = end <= word_start <= end + self.context.within
            if near and self.clause_ends.isdisjoint(self.normal[end:word_start]):
                return True
        return False


def _uncovered(marks: list[tuple[int, int, int]], wanted: _Role, covering: _Role) -> list[Stretch]:
    words, cover = int(wanted), int(covering)
    covers = [(start, end) for role, start, end in marks if role & cover]
    return [
        (start, end)
        for role, start, end in marks
        if role & words and not any(first <= start and end <= last for first, last in covers)
    ]


def _without_boilerplate(
    found: Occurrences, marks: list[tuple[int, int, int]], length: int
) -> tuple[Occurrences, list[tuple[int, int, int]]]:
    blanks = [(start, end) for role, start, end in marks if role & _BOILERPLATE]
    if not blanks:
        return found, marks
    blanked = bytearray(length)
    for start, end in blanks:
        blanked[start:end] = b"\x01" * (end - start)
    kept: Occurrences = {}
    for word, stretches in found.items():
        rest = [(start, end) for start, end in stretches if blanked.find(1, start, end) < 0]
        if rest:
            kept[word] = rest
    return kept, [mark for mark in marks if blanked.find(1, mark[1], mark[2]) < 0]
