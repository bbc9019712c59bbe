# A feed as Python's icalendar reads it: every event with its times as instants, told through the calendar's own VTIMEZONE.
import json
import sys
from datetime import timezone

from icalendar import Calendar

calendar = Calendar.from_ical(sys.stdin.buffer.read())
zones = {}
for part in calendar.walk("VTIMEZONE"):
    try:
        # By what the calendar says of the clock, not by what this machine knows under that name.
        zones[str(part["TZID"])] = part.to_tz(lookup_tzid=False)
    except TypeError:
        zones[str(part["TZID"])] = part.to_tz()


def instant(prop):
    # What was read is the time of the wall; the clock is the calendar's own.
    wall, zone = prop.dt.replace(tzinfo=None), prop.params.get("TZID")
    if zone is None:
        return int(prop.dt.timestamp())
    made = zones[str(zone)]
    at = made.localize(wall) if hasattr(made, "localize") else wall.replace(tzinfo=made)
    return int(at.astimezone(timezone.utc).timestamp())


events = []
for event in calendar.walk("VEVENT"):
    events.append({
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
