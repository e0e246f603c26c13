"""Which steps lead from one schema to the next? Run by triage/store/migrate.py; a published step never changes."""
