"""Posts at the emulator as somebody else's program would: a line of JSON with base, key, path and form gives a line with its answer."""
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request


def post(asked):
    request = urllib.request.Request(asked["base"] + asked["path"], data=urllib.parse.urlencode(asked["form"]).encode(), method="POST")
    request.add_header("Authorization", "Bearer " + asked["key"])
    for _ in range(100):
        try:
            with urllib.request.urlopen(request) as answer:
                return json.load(answer)
        except urllib.error.HTTPError:
            raise
        except urllib.error.URLError:
            time.sleep(0.1)
    raise SystemExit("the emulator does not answer")


for line in sys.stdin:
    print(json.dumps(post(json.loads(line))))
