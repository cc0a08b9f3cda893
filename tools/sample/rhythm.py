"""When things happen in the sample trail: days of people and of machines, and what grows."""

import datetime
import math

UTC = datetime.timezone.utc
# By hour of the local day, in percent: people at work, pipelines, machines.
WORK = (0, 0, 0, 0, 0, 1, 3, 7, 11, 13, 13, 11, 6, 10, 12, 10, 7, 4, 2, 1, 1, 0, 0, 0)
PIPELINE = (1, 1, 4, 2, 0, 1, 2, 5, 8, 10, 10, 9, 6, 8, 9, 9, 7, 4, 2, 1, 1, 1, 1, 1)
MACHINE = (1,) * 24
WEEKEND = {WORK: 0.05, PIPELINE: 0.15, MACHINE: 0.85}


def growth(part):
    """How far what is new at the beginning has spread at a part of the trail's time: slowly, then fast."""
    return 0.04 + 0.96 / (1 + math.exp(-9 * (part - 0.62)))


class Days:
    """The days of a trail, for those who do something on each."""

    def __init__(self, trail, since):
        self.trail, self.chance, self.since = trail, trail.chance, since
        self.length = (trail.until - since).total_seconds()

    def part(self, time):
        return (time - self.since).total_seconds() / self.length

    def times(self, day, mean, rhythm, east=0):
        """Some moments of the day, in order; around `mean` of them on a working day."""
        mean *= WEEKEND[rhythm] if day.weekday() >= 5 else 1
        count = int(mean * self.chance.uniform(0.7, 1.3) + self.chance.random())
        moments = []
        for hour in self.chance.choices(range(24), rhythm, k=count):
            moment = day + datetime.timedelta(hours=hour - east, seconds=self.chance.uniform(0, 3600))
            if self.since <= moment <= self.trail.until:
                moments.append(moment)
        return sorted(moments)

    def call(self, *arguments, **more):
        return self.trail.call(*arguments, **more)


def days_of(since, until):
    """The beginnings of all days, in UTC, that the time from `since` up to `until` touches."""
    day = datetime.datetime.combine(since.date(), datetime.time(), UTC)
    while day <= until:
        yield day
        day += datetime.timedelta(days=1)
