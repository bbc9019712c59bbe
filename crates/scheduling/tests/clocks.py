# Free times by other means: zoneinfo alone, a quarter of an hour after the other. One question a line, one answer a line.
# A question: a zone, a day, the minutes that the work takes, and of each technician what begins on the day before and on the day
# itself (from and until, by the clock on the wall; an end at or before the start is on the next day) and what is taken (seconds of UTC).
import json
import sys
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo


def instant(day, clock, zone):
    """What the clock skips is told later by the gap, what comes twice is the first: fold 0 is both."""
    return int(datetime.combine(day, clock).replace(tzinfo=zone, fold=0).timestamp())


def covered(begin, end, spans):
    """Whether the spans, together, leave nothing of it uncovered."""
    at = begin
    for starts, ends in sorted(spans):
        if starts > at:
            break
        at = max(at, ends)
        if at >= end:
            return True
    return at >= end


for line in sys.stdin:
    ask = json.loads(line)
    zone = ZoneInfo(ask["zone"])
    day = date.fromisoformat(ask["day"])
    length = ask["minutes"] * 60
    first = instant(day, time(0), zone)
    last = instant(day + timedelta(days=1), time(0), zone)
    spans = []
    for technician in ask["technicians"]:
        own = []
        for offset, begins, until in technician["hours"]:
            on = day + timedelta(days=offset)
            begins, until = time.fromisoformat(begins), time.fromisoformat(until)
            ends_on = on + timedelta(days=1) if until <= begins else on
            own.append((instant(on, begins, zone), instant(ends_on, until, zone)))
        spans.append([span for span in own if span[0] < span[1]])
    found = []
    at = -(-first // 900) * 900
    while at < last:
        wall = datetime.fromtimestamp(at, timezone.utc).astimezone(zone)
        if wall.minute % 30 == 0 and wall.second == 0:
            who = [
                n
                for n, technician in enumerate(ask["technicians"])
                if covered(at, at + length, spans[n])
                and all(at + length <= starts or ends <= at for starts, ends in technician["taken"])
            ]
            if who:
                found.append([at, who])
        at += 900
    print(json.dumps(found))
