"""A customer pays at the emulator: a line of JSON with base, key, minor and our id gives a line with the payment's id."""
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request


def post(asked, path, form):
    request = urllib.request.Request(asked["base"] + path, data=urllib.parse.urlencode(form).encode(), method="POST")
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
    asked = json.loads(line)
    form = {"amount": asked["minor"], "currency": "usd", "payment_method": "pm_card_visa"}
    form["metadata[tradewind_checkout]"] = asked["ours"]
    paid = post(asked, "/v1/payment_intents", form)
    post(asked, f"/v1/payment_intents/{paid['id']}/confirm", {})
    print(paid["id"])
