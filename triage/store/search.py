"""How are tickets found by words, on SQLite and on PostgreSQL alike?

SQLite: a contentless FTS5 table of our own tokens, without positions. PostgreSQL: a tsvector built from the same
tokens, under a GIN index. Tokens hold letters and digits only, so nothing that is typed can be read as syntax.
Source of the tokens: triage/search_tokens.py.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, TextClause, text

from triage.search_tokens import Token, tokens_of, tokens_wanted
from triage.store.engine import is_sqlite

SQLITE_TABLE = (
    "CREATE VIRTUAL TABLE ticket_search USING fts5(tokens, content='', columnsize=0, detail=none, tokenize=ascii)"
)
POSTGRESQL_TABLE = "CREATE TABLE ticket_search (row integer PRIMARY KEY, tokens tsvector NOT NULL)"
POSTGRESQL_INDEX = "CREATE INDEX ix_ticket_search_tokens ON ticket_search USING gin (tokens)"


def add_texts(connection: Connection, texts: Sequence[tuple[int, str]]) -> None:
    """Index texts. texts: (row of the revision, everything that can be looked for in it)."""
    if not texts:
        return
    if is_sqlite(connection):
        connection.exec_driver_sql(
            "INSERT INTO ticket_search (rowid, tokens) VALUES (?, ?)",
            [(row, " ".join(tokens_of(words))) for row, words in texts],
        )
        return
    connection.execute(
        text("INSERT INTO ticket_search (row, tokens) VALUES (:row, array_to_tsvector(:tokens))"),
        [{"row": row, "tokens": sorted(tokens_of(words))} for row, words in texts],
    )


def condition(dialect: str, words: str) -> TextClause | None:
    """Return the condition on tickets that all of words occur; None where words hold nothing to look for.

    dialect: the name of the database's dialect.
    """
    wanted = tokens_wanted(words)
    if not wanted:
        return None
    if dialect == "sqlite":
        return text(
            "tickets.revision_row IN (SELECT rowid FROM ticket_search WHERE ticket_search MATCH :search_words)"
        ).bindparams(search_words=" ".join(_fts5(token) for token in wanted))
    return text(
        "tickets.revision_row IN (SELECT row FROM ticket_search WHERE tokens @@ CAST(:search_words AS tsquery))"
    ).bindparams(search_words=" & ".join(_tsquery(token) for token in wanted))


def _fts5(token: Token) -> str:
    return f'"{token.text}"*' if token.prefix else f'"{token.text}"'


def _tsquery(token: Token) -> str:
    return f"'{token.text}':*" if token.prefix else f"'{token.text}'"
