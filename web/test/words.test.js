import assert from 'node:assert/strict';
import { before, test } from 'node:test';

// The islands look for their script tag when they are loaded; here there is no page.
before(() => { globalThis.document = { querySelector: () => null }; });

test('a name becomes an address', async () => {
  const { slugOf } = await import('../islands/onboarding.js');
  assert.equal(slugOf('Müller & Sons HVAC'), 'muller-sons-hvac');
  assert.equal(slugOf('  --Ä--  '), 'a');
  assert.equal(slugOf('冷凍'), '');
  assert.ok(slugOf('x'.repeat(99)).length === 40);
});

test('time left reads like a clock', async () => {
  const { left } = await import('../islands/booking.js');
  assert.deepEqual([521, 60, 9, 0, -3].map(left), ['8:41', '1:00', '0:09', '0:00', '0:00']);
});

test('files are checked as the browser would', async () => {
  const { accepted, size } = await import('../islands/upload.js');
  assert.ok(accepted('a.PDF', 'application/pdf', 'image/*,.pdf'));
  assert.ok(accepted('a.png', 'image/png', 'image/*'));
  assert.ok(!accepted('a.svgz', 'application/gzip', 'image/*'));
  assert.ok(accepted('a', '', ''));
  assert.deepEqual([size(999), size(1500), size(1_440_000)], ['999 B', '2 kB', '1.4 MB']);
});

test('events fit patterns', async () => {
  const { fits } = await import('../islands/live.js');
  assert.ok(fits('work_order.completed', 'appointment.* work_order.*'));
  assert.ok(!fits('work_orders.completed', 'work_order.*'));
  assert.ok(fits('anything', '*') && fits('a.b', 'a.b') && !fits('a.bc', 'a.b'));
});

test('tries get rarer and never stop', async () => {
  const { patience } = await import('../islands/tech.js');
  assert.deepEqual([0, 1, 4, 5, 60].map(patience), [1, 2, 16, 30, 30]);
});
