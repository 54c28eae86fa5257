/** Cards: what a row of results shows of an entry; `builder/search_index/cards.py` writes them. */

/**
 * @typedef {import('./shards.js').Shards} Shards
 * @typedef {import('./shards.js').Letter} Letter
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
 * @param {Letter | null} [letter] brings some along
 * @returns {Promise<Card[]>} in the same order
 */
export async function cards(shards, ordinals, letter) {
  const { root, folder } = await shards.open();
  return Promise.all(
    ordinals.map(async (ordinal) => {
      const brought = letter?.cards.get(ordinal);
      if (brought) return unpack(...brought);
      const part = Math.floor(ordinal / root.cards);
      const name = `${folder('c', part)}/c${part}.json`;
      const file = await shards.once(name, async (reply) => /** @type {[string[], Packed[]]} */ (await reply.json()));
      return unpack(file[0], file[1][ordinal % root.cards]);
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
