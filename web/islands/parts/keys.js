// Which keys a press is, and which sequence it completes. Pure, so it is tested without a browser.

/** The name of a press as written in data-key: "g", "?", "mod+k", "escape". */
export function nameOf(event) {
  const key = event.key === ' ' ? 'space' : event.key.length === 1 ? event.key.toLowerCase() : event.key.toLowerCase();
  const mod = event.metaKey || event.ctrlKey ? 'mod+' : '';
  const alt = event.altKey ? 'alt+' : '';
  return mod + alt + key;
}

/** Reads "g c" or "n" into the presses it takes. */
export const parse = (keys) => keys.trim().toLowerCase().split(/\s+/).filter(Boolean);

/**
 * Follows presses against what is bound. Returns a function of (press, bound sequences, time in ms) that answers
 * the completed sequence, or null while one may still come or none fits.
 */
export function follower(patience = 1200) {
  let so = [], last = 0;
  return (press, bound, at) => {
    if (at - last > patience) so = [];
    last = at;
    const begins = (list, taken) => taken.every((k, n) => list[n] === k);
    let next = [...so, press];
    if (!bound.some((keys) => begins(parse(keys), next))) next = [press];
    const done = bound.find((keys) => { const p = parse(keys); return p.length === next.length && begins(p, next); });
    so = done || !bound.some((keys) => begins(parse(keys), next)) ? [] : next;
    return done ?? null;
  };
}

/** Whether what has the focus takes letters itself. */
export const takesLetters = (el) => !!el && (el.isContentEditable || /^(input|textarea|select)$/i.test(el.tagName) && !/^(checkbox|radio|button|submit|range)$/i.test(el.type || ''));
