"""Where tickets, decisions, places and jobs are kept: SQLite or PostgreSQL. The only room that speaks SQL."""
