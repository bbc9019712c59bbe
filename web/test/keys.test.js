import assert from 'node:assert/strict';
import { test } from 'node:test';
import { follower, nameOf, parse } from '../islands/parts/keys.js';

test('a sequence is completed by its presses, in time', () => {
  const bound = ['g b', 'g c', 'n', '/'];
  const press = follower(1000);
  assert.equal(press('g', bound, 0), null);
  assert.equal(press('c', bound, 500), 'g c');
  assert.equal(press('n', bound, 600), 'n');
  assert.equal(press('g', bound, 700), null);
  assert.equal(press('c', bound, 2000), null, 'too late');
  assert.equal(press('x', bound, 2100), null);
  assert.equal(press('n', bound, 2200), 'n', 'a stray key does not spoil the next');
  assert.equal(press('g', bound, 2300), null);
  assert.equal(press('n', bound, 2400), 'n', 'a broken sequence begins anew');
});

test('presses are named alike on every keyboard', () => {
  assert.equal(nameOf({ key: 'K', metaKey: true }), 'mod+k');
  assert.equal(nameOf({ key: 'k', ctrlKey: true }), 'mod+k');
  assert.equal(nameOf({ key: ' ' }), 'space');
  assert.equal(nameOf({ key: '?' }), '?');
  assert.deepEqual(parse(' G  b '), ['g', 'b']);
});
