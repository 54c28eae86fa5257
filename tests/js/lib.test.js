import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { lastBefore } from '../../site_templates/static/js/lib/last-before.js';
import { markedPieces } from '../../site_templates/static/js/lib/marked.js';
import { placeUrl } from '../../site_templates/static/js/lib/place.js';
import { typedText } from '../../site_templates/static/js/lib/session-text.js';

const run = (text, prompt = false) => ({ text, prompt });

test('copying a session leaves out prompts and output', () => {
  const session = [
    run('>>> ', true), run('for'), run(' i in range(2):\n'),
    run('... ', true), run('    print(i)\n'),
    run('...', true), run('\n'),
    run('0\n1\n'),
    run('>>> ', true), run('i\n'),
    run('1'), run('\n'),
  ];

  assert.equal(typedText(session), 'for i in range(2):\n    print(i)\n\ni');
});

test('copying code without prompts gives all of it, without the last line break', () => {
  assert.equal(typedText([run('def f():\n'), run('\n    return 1'), run('\n')]), 'def f():\n\n    return 1');
});

test('copying keeps a line break inside a token that starts on a typed line', () => {
  assert.equal(typedText([run('$ ', true), run("echo 'a"), run("\n"), run('a\n')]), "echo 'a");
});

test('pieces of a marked text make up the text', () => {
  const pieces = markedPieces('json.dumps', [[5, 9], [0, 4]]);

  assert.deepEqual(pieces, [
    { text: 'json', marked: true },
    { text: '.', marked: false },
    { text: 'dump', marked: true },
    { text: 's', marked: false },
  ]);
});

test('marks that overlap or lie outside lose and repeat nothing', () => {
  const pieces = markedPieces('abc', [[0, 2], [1, 9], [7, 9], [2, 2]]);

  assert.equal(pieces.map((piece) => piece.text).join(''), 'abc');
  assert.deepEqual(pieces.map((piece) => piece.marked), [true, true]);
});

test('a text without marks is one piece, and an empty one is none', () => {
  assert.deepEqual(markedPieces('abc', []), [{ text: 'abc', marked: false }]);
  assert.deepEqual(markedPieces('', []), []);
});

test('the last place before a line is found in every position', () => {
  const places = [0, 10, 10, 20];

  const found = [-1, 0, 5, 10, 15, 20, 99].map((line) => lastBefore(places.length, (index) => places[index], line));

  assert.deepEqual(found, [-1, 0, 0, 2, 2, 3, 3]);
});

test('a place has the address that Python gives it, and any page stays in the docset', () => {
  const places = JSON.parse(readFileSync(new URL('./places.json', import.meta.url), 'utf8'));

  const made = places.map(([page, anchor]) => [page, anchor, placeUrl(page, anchor)]);

  assert.deepEqual(made, places);
  for (const [, , url] of made) {
    assert.ok(new URL(url, 'https://docs.example/a/1/').href.startsWith('https://docs.example/a/1/'), url);
  }
});
