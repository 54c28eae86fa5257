import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { counts, moduleOf, narrowed } from '../../site_templates/static/js/lib/facets.js';
import { homonyms } from '../../site_templates/static/js/lib/homonyms.js';
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

const found = [
  { kind: 'function', name: 'json.dump', page: 'library/json.html' },
  { kind: 'method', name: 'json.JSONDecoder.decode', page: 'library/json.html' },
  { kind: 'function', name: 'open', page: 'library/functions.html' },
  { kind: 'module', name: 'os.path', page: 'library/os.path.html' },
  { kind: 'section', name: '', page: 'howto/logging.html' },
];

test('a result belongs to the module of its name, or else to its page', () => {
  assert.deepEqual(found.map(moduleOf), ['json', 'json', 'library/functions', 'os.path', 'howto/logging']);
});

test('each choice is counted as it would be left, most first', () => {
  assert.deepEqual(counts(found, 'kind', { kind: 'method', module: '' }), [
    ['function', 2], ['method', 1], ['module', 1], ['section', 1],
  ]);
  assert.deepEqual(counts(found, 'module', { kind: 'function', module: '' }), [
    ['json', 1], ['library/functions', 1],
  ]);
  assert.deepEqual(narrowed(found, { kind: 'function', module: 'json' }), [found[0]]);
  assert.deepEqual(narrowed(found, { kind: '', module: '' }), found);
});

test('names that end alike are told from four on, and only where they come first', () => {
  const named = (...names) => names.map((name) => ({ name }));
  const closes = named('a.close', 'b.C.close', 'close', 'd.Close');

  assert.deepEqual(homonyms('close()', { results: [...closes, ...named('e.closed')], named: 58 }), {
    label: '58 named close', rows: 4,
  });
  assert.equal(homonyms('close', { results: closes.slice(1) }), null);
  assert.equal(homonyms('closing', { results: closes }), null);
  assert.equal(homonyms('a.close', { results: closes }), null);
  assert.equal(homonyms('', { results: named('', '', '', '') }), null);
});
