"""Stripe's own library signs: a line of JSON with body, secret and moment gives a line with the header."""
import json
import sys

import stripe

for line in sys.stdin:
    asked = json.loads(line)
    tag = stripe.WebhookSignature._compute_signature(f"{asked['at']}.{asked['body']}", asked["secret"])
    header = f"t={asked['at']},v1={tag}"
    # The other way round: its own check takes what it has made.
    assert stripe.WebhookSignature.verify_header(asked["body"], header, asked["secret"])
    print(header)
