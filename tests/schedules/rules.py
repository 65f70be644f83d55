"""Thirty schedules over zones whose clocks do strange things in 2011 and 2012."""

from tests.schedules.calendar import ALL_HOURS, Rule

LONDON, NEW_YORK = "Europe/London", "America/New_York"
LORD_HOWE = "Australia/Lord_Howe"  # half an hour forward and back
CASABLANCA = "Africa/Casablanca"  # four changes in 2012, for Ramadan
APIA = "Pacific/Apia"  # had no 30 December 2011
TROLL = "Antarctica/Troll"  # two hours forward and back
ZONES = (LONDON, NEW_YORK, LORD_HOWE, CASABLANCA, APIA, TROLL, "UTC")


def some(*numbers: int) -> frozenset[int]:
    return frozenset(numbers)


def daily(tz: str, hour: int, minute: int) -> Rule:
    return Rule(cron=f"{minute} {hour} * * *", tz=tz, hours=some(hour), minutes=some(minute))


RULES = [
    daily(LONDON, 1, 30),
    daily(NEW_YORK, 1, 30),
    daily(NEW_YORK, 2, 30),
    daily(LORD_HOWE, 2, 15),
    daily(LORD_HOWE, 1, 45),
    daily(CASABLANCA, 2, 30),
    daily(APIA, 10, 0),
    daily(APIA, 0, 0),
    daily(APIA, 3, 30),
    daily(TROLL, 1, 0),
    daily(TROLL, 2, 59),
    daily("UTC", 1, 30),
    *(
        Rule(cron="0 2 * * MON-FRI", tz=tz, hours=some(2), minutes=some(0),
             weekdays=some(*range(5)))
        for tz in (LONDON, CASABLANCA, APIA)
    ),
    *(
        Rule(cron="15,45 1-2 * * SUN", tz=tz, hours=some(1, 2), minutes=some(15, 45),
             weekdays=some(6))
        for tz in (LONDON, NEW_YORK, LORD_HOWE, TROLL)
    ),
    Rule(cron="0 0 29 2 *", tz=LONDON, hours=some(0), minutes=some(0), days=some(29),
         months=some(2)),
    Rule(cron="59 23 31 12 *", tz=APIA, hours=some(23), minutes=some(59), days=some(31),
         months=some(12)),
    Rule(cron="0 0 1 1 *", tz=NEW_YORK, hours=some(0), minutes=some(0), days=some(1),
         months=some(1)),
    Rule(cron="30 12 31 * *", tz="UTC", hours=some(12), minutes=some(30), days=some(31)),
    Rule(cron="0 * 24-31 3 *", tz=LONDON, hours=ALL_HOURS, minutes=some(0),
         days=some(*range(24, 32)), months=some(3)),
    Rule(cron="*/30 * 25-31 10 *", tz=LONDON, hours=ALL_HOURS, minutes=some(0, 30),
         days=some(*range(25, 32)), months=some(10)),
    Rule(cron="*/20 1 1-8 11 *", tz=NEW_YORK, hours=some(1), minutes=some(0, 20, 40),
         days=some(*range(1, 9)), months=some(11)),
    Rule(cron="*/10 1-2 * 4 SUN", tz=LORD_HOWE, hours=some(1, 2),
         minutes=some(*range(0, 60, 10)), weekdays=some(6), months=some(4)),
    Rule(cron="*/30 */2 * 7,8 *", tz=CASABLANCA, hours=some(*range(0, 24, 2)),
         minutes=some(0, 30), months=some(7, 8)),
    Rule(cron="0 */6 28-31 12 *", tz=APIA, hours=some(0, 6, 12, 18), minutes=some(0),
         days=some(*range(28, 32)), months=some(12)),
    Rule(cron="*/15 0-3 * 3,10 SUN", tz=TROLL, hours=some(0, 1, 2, 3),
         minutes=some(0, 15, 30, 45), weekdays=some(6), months=some(3, 10)),
]  # fmt: skip
