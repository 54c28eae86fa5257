import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { createEngine } from '../../../site_templates/static/js/search/engine.js';
import { cards } from '../../../site_templates/static/js/search/cards.js';
import { createSearch } from '../../../site_templates/static/js/search/client.js';
import { rank } from '../../../site_templates/static/js/search/rank.js';
import { Shards } from '../../../site_templates/static/js/search/shards.js';
import { Tables } from '../../../site_templates/static/js/search/tables.js';
import { ANSWERS, BASE, madeIndex } from './made-index.js';

const index = madeIndex();
after(() => index.close());

const fresh = () => createEngine({ base: BASE, fetch: index.fetch });
const near = (score) => Number(score.toFixed(6));

test('the browser gives the answers that Python gives', async () => {
  const engine = fresh();
  const found = {};
  for (const query of Object.keys(ANSWERS)) {
    const { corrected, total, results } = await engine.search(query, { explain: true });
    const hits = results.slice(0, 4).map(({ page, anchor, tier, score, reasons }) => [
      anchor ? `${page}#${anchor}` : page,
      tier,
      near(score),
      Object.fromEntries(reasons.map(([reason, worth]) => [reason, near(worth)])),
    ]);
    found[query] = { corrected, total, hits };
  }

  assert.deepEqual(found, ANSWERS);
});

test('an answer does not hang on what was asked before', async () => {
  const engine = fresh();
  for (const text of ['j', 'js', 'jso', 'json', 'json d', 'json du']) await engine.search(text);

  assert.deepEqual(await engine.search('json dump'), await fresh().search('json dump'));
});

test('a result says all that its row shows', async () => {
  const { results } = await fresh().search('json.dump');

  assert.deepEqual(results[0], {
    page: 'library/json.html',
    anchor: 'json.dump',
    kind: 'function',
    name: 'json.dump',
    title: 'json.dump',
    signature: 'json.dump(obj, fp)',
    summary: 'Write an object as JSON to a file.',
    trail: '',
    added: '',
    deprecated: '',
    url: 'library/json.html#json.dump',
    tier: 'exact',
    score: results[0].score,
    marks: [[0, 9]],
  });
});

test('a heading is shown with its deprecation and its words marked', async () => {
  const { results } = await fresh().search('remove');
  const [first] = results;

  assert.equal(first.deprecated, '1.0');
  assert.deepEqual(first.marks, [[3, 9]]);
});

test('the first letter needs one small file', async () => {
  const engine = fresh();
  await engine.preload();
  index.asked.length = 0;

  await engine.search('j');

  assert.match(index.asked.join(), /^\w+\/l\d+\.bin$/);
});

test('the beginning of a word needs one file, which brings the cards of its results along', async () => {
  const engine = fresh();
  await engine.preload();
  index.asked.length = 0;

  await engine.search('jso');

  assert.match(index.asked.join(), /^\w+\/k\d+\.bin$/);
});

test('what was fetched is forgotten when it is too much, and the answers stay the same', async () => {
  const shards = new Shards(BASE, index.fetch);
  const ask = async () => cards(shards, (await rank(new Tables(shards), 'json dump', 10)).hits.map(({ ordinal }) => ordinal));
  const before = await ask();
  shards.bytes = 1e9;

  shards.trim();

  assert.deepEqual([...shards.kept.keys()], ['root.json']);
  assert.equal(shards.bytes + shards.cards.used, 0);
  assert.deepEqual(await ask(), before);
});

test('no file is fetched twice', async () => {
  const engine = fresh();
  index.asked.length = 0;

  await Promise.all(['json', 'json', 'js'].map((text) => engine.search(text)));
  await engine.search('json');

  assert.deepEqual(index.asked.toSorted(), [...new Set(index.asked)].toSorted());
});

test('a failure says what is wrong and mends itself with the next key', async () => {
  const engine = fresh();
  index.broken.add('.bin');

  await assert.rejects(engine.search('json'), { name: 'IndexError', message: /can't be fetched; is the network there/ });
  index.broken.clear();
  const { results } = await engine.search('json');

  assert.equal(results[0].url, 'library/json.html');
});

test('after a new build the root is read again', async () => {
  let gone = true;
  const engine = createEngine({
    base: BASE,
    fetch: async (address) => {
      const reply = await index.fetch(address);
      if (!String(address).endsWith('root.json')) return reply;
      const root = await reply.json();
      if (gone) for (const kind of Object.keys(root.folders)) root.folders[kind] = root.folders[kind].replace(/\w/g, 'x');
      return Response.json(root);
    },
  });

  await assert.rejects(engine.search('json'), /status 404/);
  gone = false;
  const { results } = await engine.search('json');

  assert.equal(results[0].url, 'library/json.html');
});

test('an index of another format is refused', async () => {
  const engine = createEngine({ base: BASE, fetch: async () => Response.json({ format: 99 }) });

  await assert.rejects(engine.search('json'), /format 99/);
});

test('a search that a newer one overtakes is dropped and fetches no cards', async () => {
  const cardsOf = async (ask) => {
    index.asked.length = 0;
    await ask(createSearch({ base: BASE, fetch: index.fetch }));
    return index.asked.filter((name) => /\/c\d+\.bin$/.test(name)).toSorted();
  };
  const alone = await cardsOf(({ search }) => search('json.dump'));

  const overtaking = await cardsOf(({ search }) =>
    Promise.all([assert.rejects(search('with'), { name: 'Stale' }), search('json.dump')]),
  );

  assert.deepEqual(overtaking, alone);
  assert.notDeepEqual(await cardsOf(({ search }) => search('with')), alone);
});
