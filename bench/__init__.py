"""Side-by-side measurements; they print ratios and assert nothing."""
