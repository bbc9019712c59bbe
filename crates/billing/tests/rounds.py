# The first days of periods by other means: dateutil's rule of the last of the days that a month has, up to the one it began with.
import json
import sys
from datetime import datetime

from dateutil.rrule import MONTHLY, rrule

for line in sys.stdin:
    ask = json.loads(line)
    first = datetime.fromisoformat(ask["from"])
    days = range(min(first.day, 28), first.day + 1)
    found = rrule(MONTHLY, interval=ask["months"], dtstart=first, bymonthday=tuple(days), bysetpos=-1, count=ask["count"])
    print(json.dumps([day.date().isoformat() for day in found]))
