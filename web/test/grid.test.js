import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clock, hhmm, keepOn, keeps, minuteAt, overlaps, place, refusals, snap } from '../islands/parts/grid.js';

test('a point becomes the quarter under it', () => {
  assert.equal(snap(minuteAt(0, 1320, 420, 132)), 420);
  assert.equal(snap(minuteAt(660, 1320, 420, 132)), 750);
  assert.equal(minuteAt(-50, 1320, 420, 132), 420);
  assert.equal(minuteAt(9999, 1320, 420, 132), 1080);
  assert.equal(snap(67), 60);
  assert.equal(snap(68), 75);
});

test('a block is placed as the server places it', () => {
  // The same cases as in crates/ui/src/day.rs.
  assert.deepEqual(place(420, 60, 420, 132), { first: 1, span: 12 });
  assert.deepEqual(place(630, 90, 420, 132), { first: 43, span: 18 });
  for (let start = 0; start < 1440; start += 7) for (const minutes of [1, 5, 59, 600, 1439]) {
    const at = place(start, minutes, 420, 132);
    assert.ok(at.first >= 1 && at.span >= 1 && at.first + at.span - 1 <= 132, `${start} ${minutes}`);
  }
});

test('a block is kept on the line', () => {
  assert.equal(keepOn(1070, 60, 420, 132), 1020);
  assert.equal(keepOn(300, 60, 420, 132), 420);
  assert.equal(keepOn(500, 2000, 420, 132), 420);
});

test('times are written for machines and for people', () => {
  assert.equal(hhmm(795), '13:15');
  assert.equal(hhmm(5), '00:05');
  assert.equal(clock(795, true), '1:15');
  assert.equal(clock(795, false), '13:15');
  assert.equal(clock(0, true), '12:00');
});

test('promises, refusals and overlaps are read', () => {
  assert.ok(keeps(720, '720-840') && keeps(840, '720-840') && !keeps(841, '720-840') && keeps(1, undefined));
  assert.deepEqual(refusals('bo|off today;tom|no HVAC'), { bo: 'off today', tom: 'no HVAC' });
  assert.deepEqual(refusals(undefined), {});
  assert.equal(overlaps(600, 60, [[540, 600], [660, 700]]).length, 0);
  assert.equal(overlaps(600, 61, [[540, 600], [660, 700]]).length, 1);
});
