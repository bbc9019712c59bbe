// Time on the board: minutes of the day and columns of five minutes. Pure, so it is tested without a browser.

/** A minute rounded to steps of `step`. */
export const snap = (minute, step = 15) => Math.round(minute / step) * step;

/** The minute under a point `x` pixels into a track `width` wide that shows `cols` columns from minute `from`. */
export const minuteAt = (x, width, from, cols) => from + (Math.min(Math.max(x, 0), width) / (width || 1)) * cols * 5;

/** A start that keeps the whole block on the line. */
export const keepOn = (start, minutes, from, cols) => Math.max(from, Math.min(start, from + cols * 5 - Math.min(minutes, cols * 5)));

/** The first column (from 1) and how many columns a block takes, cut to the line, never less than one. */
export function place(start, minutes, from, cols) {
  const first = Math.max(0, Math.min(Math.floor((start - from) / 5), cols - 1));
  const last = Math.max(first + 1, Math.min(Math.ceil((start + minutes - from) / 5), cols));
  return { first: first + 1, span: last - first };
}

/** "13:15" for machines. */
export const hhmm = (minute) => `${String(Math.floor(minute / 60) % 24).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** "1:15" or "13:15" for people. */
export const clock = (minute, twelve) => twelve ? `${((Math.floor(minute / 60) + 11) % 12) + 1}:${String(minute % 60).padStart(2, '0')}` : `${Math.floor(minute / 60) % 24}:${String(minute % 60).padStart(2, '0')}`;

/** Whether a start keeps a promise: the work begins inside the window. "720-840" is 12 to 2. */
export function keeps(start, promised) {
  if (!promised) return true;
  const [a, b] = promised.split('-').map(Number);
  return start >= a && start <= b;
}

/** Reads "lane|why;lane|why". */
export const refusals = (words) => Object.fromEntries((words || '').split(';').filter(Boolean).map((one) => one.split('|')));

/** Minutes of `gap` between blocks: the start nearest to `wanted` that touches none of `taken` ([start, end] pairs). */
export function overlaps(start, minutes, taken) {
  return taken.filter(([a, b]) => start < b && start + minutes > a);
}
