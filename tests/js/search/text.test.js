import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { marks } from '../../../site_templates/static/js/search/marks.js';
import { readPasted } from '../../../site_templates/static/js/search/pasted.js';
import { read } from '../../../site_templates/static/js/search/reading.js';
import { distance } from '../../../site_templates/static/js/search/spelling.js';

const READINGS = JSON.parse(readFileSync(join(import.meta.dirname, 'readings.json'), 'utf-8'));

test('queries are read as Python reads them', () => {
  const found = Object.fromEntries(
    Object.keys(READINGS).map((text) => {
      const { key, form, words } = readPasted(text).question;
      return [text, { key, form, words }];
    }),
  );

  assert.deepEqual(found, READINGS);
});

test('the distance counts letters added, left out, changed, swapped', () => {
  assert.equal(distance('json', 'json', 2), 0);
  assert.equal(distance('json', 'jsno', 2), 1);
  assert.equal(distance('json', 'jon', 2), 1);
  assert.equal(distance('json', 'jason', 2), 1);
  assert.equal(distance('json', 'bson', 2), 1);
  assert.equal(distance('json', 'sjno', 2), 2);
  assert.equal(distance('json', 'xml', 2), 3);
});

test('marks show what of a title was asked for', () => {
  assert.deepEqual(marks('os.path.join', read('os path join')), [[0, 12]]);
  assert.deepEqual(marks('collections.OrderedDict', read('ordereddict')), [[12, 23]]);
  assert.deepEqual(marks('Reading and writing files', read('files reading')), [[0, 7], [20, 25]]);
  assert.deepEqual(marks('The with statement', read('zebra')), []);
  assert.deepEqual(marks('', read('json')), []);
});
