# The same visits by other means: dateutil for the days, zoneinfo for the clocks. One question a line, one answer a line.
import json
import sys
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

for line in sys.stdin:
    ask = json.loads(line)
    first = datetime.fromisoformat(ask["starts_on"] + "T" + ask["time"])
    last = datetime.fromisoformat(ask["until"] + "T23:59:59")
    zone = ZoneInfo(ask["zone"])
    found = []
    for wall in rrulestr(ask["rule"], dtstart=first):
        if wall > last:
            break
        found.append(int(wall.replace(tzinfo=zone).astimezone(timezone.utc).timestamp()))
    print(json.dumps(found))
