/** Cards: what a row of results shows of an entry; `builder/search_index/cards.py` writes them. */

/**
 * @typedef {import('./shards.js').Shards} Shards
 *
 * @typedef {object} Card
 * @property {string} page
 * @property {string} anchor
 * @property {string} kind
 * @property {string} name
 * @property {string} title
 * @property {string} signature
 * @property {string} summary
 * @property {string} trail
 * @property {string} added
 * @property {string} deprecated
 *
 * @typedef {[number, string, number, string?, string?, string?, string?, number?, string?, string?]} Packed
 */

/**
 * Fetch the cards of some entries.
 * @param {Shards} shards
 * @param {number[]} ordinals
 * @returns {Promise<Card[]>} in the same order
 */
export async function cards(shards, ordinals) {
  const { root, folder } = await shards.open();
  const { chunk, hot_chunk: hotChunk, hot } = root.cards;
  return Promise.all(
    ordinals.map(async (ordinal) => {
      const place = hot.indexOf(ordinal);
      const kind = place < 0 ? 'c' : 'h';
      const [number, size] = place < 0 ? [ordinal, chunk] : [place, hotChunk];
      const part = Math.floor(number / size);
      const name = `${folder(kind, part)}/${kind}${part}.json`;
      const file = await shards.once(name, async (reply) => /** @type {[string[], Packed[]]} */ (await reply.json()));
      return unpack(file[0], file[1][number % size]);
    }),
  );
}

/**
 * @param {string[]} shared
 * @param {Packed} packed
 * @returns {Card}
 */
function unpack(shared, packed) {
  const [page, anchor, kind, name = '', title = '', signature = '', summary = '', trail, added = '', deprecated = ''] =
    packed;
  return {
    page: shared[page],
    anchor,
    kind: shared[kind],
    name,
    title: title || name,
    signature,
    summary,
    trail: trail === undefined ? '' : shared[trail],
    added,
    deprecated,
  };
}
