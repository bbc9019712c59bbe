import assert from 'node:assert/strict';
import { test } from 'node:test';

import { read, write } from '../islands/signature.js';

const strokes = [[[12, 40], [13, 42], [20, 41]], [[80, 12]], [[300, 200], [301, 199]]];

test('what was drawn is written and read again, either way', () => {
  assert.equal(write('path', strokes), 'M12 40L13 42L20 41M80 12M300 200L301 199');
  assert.equal(write('points', strokes), '12,40 13,42 20,41;80,12;300,200 301,199');
  for (const kept of ['path', 'points']) {
    assert.deepEqual(read(kept, write(kept, strokes)), strokes);
    assert.deepEqual(read(kept, ''), []);
    assert.equal(write(kept, []), '');
  }
  assert.deepEqual(read('points', '1,2 nonsense;3,4'), [[[3, 4]]]);
});
