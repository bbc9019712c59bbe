"""Sums papers by Python's decimal, with more digits than anything here has: what the core of the house is held against.

A line in: rounding level inclusive | quantity,price,discount,name:rate:compound;… | …
A line out: amounts | taxes by name and rate | total.
"""
import sys
from decimal import Decimal, ROUND_HALF_EVEN, ROUND_HALF_UP, getcontext

getcontext().prec = 80
ONE, MILLION, THOUSAND, FORTIETH = Decimal(1), Decimal(1000000), Decimal(1000), Decimal('1e-40')


def shares(taxes):
    """Of each tax, what it is of the amount of the line."""
    out = []
    for _, rate, compound in taxes:
        on = ONE + sum(out) if compound else ONE
        out.append(on * rate / MILLION)
    return out


def parted(total, weights):
    """Largest remainder: whole parts of `total`, the rest by the size of what was cut off, the first of equals."""
    whole = sum(weights)
    if whole == 0:
        return [total] + [Decimal(0)] * (len(weights) - 1)
    exact = [total * weight / whole for weight in weights]
    parts = [share.to_integral_value(rounding='ROUND_FLOOR') for share in exact]
    # Equal remainders are equal, whatever stands behind the fortieth digit.
    order = sorted(range(len(parts)), key=lambda n: (parts[n] - exact[n]).quantize(FORTIETH))
    for n in order[:int(total - sum(parts))]:
        parts[n] += 1
    return parts


def paper(head, lines):
    rounding, level, inclusive = head.split()
    mode = ROUND_HALF_UP if rounding == 'up' else ROUND_HALF_EVEN
    half = lambda value: value.to_integral_value(rounding=mode)
    amounts, exact, kept, alike, net = [], {}, {}, {}, Decimal(0)

    def take(amount, taxes):
        """What is in the amount, and who gets which part of it."""
        each = shares(taxes)
        tax = amount - half(amount / (ONE + sum(each)))
        for (name, rate, _), part in zip(taxes, parted(tax, each)):
            kept[rate, name] = kept.get((rate, name), Decimal(0)) + part
        return tax

    for line in lines:
        quantity, price, discount, levied = line.split(',')
        amount = half(Decimal(quantity) * Decimal(price) / THOUSAND) - Decimal(discount)
        amounts.append(amount)
        net += amount
        taxes = tuple((n, int(r), c == '1') for n, r, c in (one.split(':') for one in levied.split(';') if one))
        if not taxes:
            continue
        if inclusive == 'in':
            if level == 'line':
                net -= take(amount, taxes)
            else:
                alike[taxes] = alike.get(taxes, Decimal(0)) + amount
        else:
            for (name, rate, _), share in zip(taxes, shares(taxes)):
                if level == 'line':
                    kept[rate, name] = kept.get((rate, name), Decimal(0)) + half(amount * share)
                else:
                    exact[rate, name] = exact.get((rate, name), Decimal(0)) + amount * share
    for taxes, amount in alike.items():
        net -= take(amount, taxes)
    for which, value in exact.items():
        kept[which] = kept.get(which, Decimal(0)) + half(value)
    told = sorted(kept.items(), key=lambda one: (-one[0][0], one[0][1]))
    total = net + sum(kept.values())
    return '%s|%s|%d' % (','.join('%d' % a for a in amounts), ','.join('%s:%d:%d' % (n, r, v) for (r, n), v in told), total)


for text in sys.stdin:
    head, *lines = text.rstrip('\n').split('|')
    print(paper(head, lines))
