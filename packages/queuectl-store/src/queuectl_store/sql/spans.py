"""How much time a rollup covers, in milliseconds; everything there ever was has no end."""

EVER, MINUTE, HOUR = 0, 60_000, 3_600_000
