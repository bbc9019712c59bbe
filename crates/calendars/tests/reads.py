# A feed as Python's icalendar reads it: every event with its times as instants, told through the calendar's own VTIMEZONE. What
# comes round is counted by python-dateutil.
import json
import sys
from datetime import timezone
from itertools import takewhile

from dateutil.rrule import rrulestr
from icalendar import Calendar

calendar = Calendar.from_ical(sys.stdin.buffer.read())
zones = {}
for part in calendar.walk("VTIMEZONE"):
    try:
        # By what the calendar says of the clock, not by what this machine knows under that name.
        zones[str(part["TZID"])] = part.to_tz(lookup_tzid=False)
    except TypeError:
        zones[str(part["TZID"])] = part.to_tz()


def told(wall, zone):
    made = zones[str(zone)]
    at = made.localize(wall) if hasattr(made, "localize") else wall.replace(tzinfo=made)
    return int(at.astimezone(timezone.utc).timestamp())


def instant(prop):
    # What was read is the time of the wall; the clock is the calendar's own.
    wall, zone = prop.dt.replace(tzinfo=None), prop.params.get("TZID")
    return int(prop.dt.timestamp()) if zone is None else told(wall, zone)


def left_out(event):
    found = event.get("EXDATE", [])
    lists = found if isinstance(found, list) else [found]
    return {one.dt.replace(tzinfo=None) for each in lists for one in each.dts}


def comes(event):
    """Every beginning of what comes round."""
    first, zone = event["DTSTART"].dt.replace(tzinfo=None), event["DTSTART"].params["TZID"]
    rule = event["RRULE"].copy()
    [until] = rule.pop("UNTIL")
    every = takewhile(lambda wall: told(wall, zone) <= until.timestamp(), rrulestr(rule.to_ical().decode(), dtstart=first))
    return [told(wall, zone) for wall in every if wall not in left_out(event)]


events = []
for event in calendar.walk("VEVENT"):
    events.append({
        "comes": comes(event) if "RRULE" in event else None,
        "uid": str(event["UID"]),
        "sequence": int(event["SEQUENCE"]),
        "status": str(event["STATUS"]),
        "summary": str(event["SUMMARY"]),
        "place": str(event.get("LOCATION", "")),
        "says": str(event.get("DESCRIPTION", "")),
        "zone": str(event["DTSTART"].params.get("TZID")),
        "starts": instant(event["DTSTART"]),
        "ends": instant(event["DTEND"]),
    })
print(json.dumps({"name": str(calendar.get("X-WR-CALNAME")), "zones": sorted(zones), "events": events}))
