"""Working days of mainland France: « jours ouvrés », Monday to Friday, and « ouvrables », Saturday too."""

from datetime import date, timedelta
from functools import lru_cache

# Labour code, article L3133-1. Month and day of the feasts that never move.
_FIXED_HOLIDAYS = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
_EASTER_MONDAY, _ASCENSION, _WHIT_MONDAY = 1, 39, 50
_SATURDAY = 5


def easter_sunday(year: int) -> date:
    """Gregorian Easter by the anonymous algorithm (Meeus, Jones, Butcher)."""
    golden = year % 19
    century, in_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    moon_shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - moon_shift + 15) % 30
    leap_years, year_rest = divmod(in_century, 4)
    to_sunday = (32 + 2 * century_rest + 2 * leap_years - epact - year_rest) % 7
    late_moon = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * late_moon + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=64)
def public_holidays(year: int) -> frozenset[date]:
    """The eleven national holidays; those of Alsace-Moselle and overseas are not counted."""
    easter = easter_sunday(year)
    moving = {easter + timedelta(days=shift) for shift in (_EASTER_MONDAY, _ASCENSION, _WHIT_MONDAY)}
    return frozenset(moving | {date(year, month, day) for month, day in _FIXED_HOLIDAYS})


def is_working_day(day: date) -> bool:
    return day.weekday() < _SATURDAY and day not in public_holidays(day.year)


def add_ouvrable_days(start: date, days: int) -> date:
    """The day reached after `days` « jours ouvrables », the start not counted: Sundays and feasts are not.

    `days` is at least one.
    """
    day = start
    for _ in range(days):
        day += timedelta(days=1)
        while day.weekday() > _SATURDAY or day in public_holidays(day.year):
            day += timedelta(days=1)
    return day


def add_working_days(start: date, days: int) -> date:
    """The day reached after `days` working days, the start not counted.

    Zero gives the start itself when it is worked, else the next working day; a negative number
    goes back in time.
    """
    step = timedelta(days=-1 if days < 0 else 1)
    day = start
    for _ in range(abs(days)):
        day += step
        while not is_working_day(day):
            day += step
    while not is_working_day(day):
        day += step
    return day


def working_days_between(start: date, end: date) -> int:
    """Working days after `start`, up to and including `end`; negative when `end` comes first."""
    if end < start:
        return -working_days_between(end, start)
    span = (end - start).days
    return sum(is_working_day(start + timedelta(days=shift)) for shift in range(1, span + 1))
