/** Cards: what a row of results shows of an entry; `builder/search_index/cards.py` writes them. */

import { Reader, TORN } from './codec.js';

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
 */

/** The cards that came, each once. They stay bytes: as strings they would take twice the room. */
export class Cards {
  bytes = new Uint8Array(1 << 16);
  used = 0;
  /** @type {Map<number, number>} */
  places = new Map();

  /**
   * Take the cards of a file.
   * @param {Uint8Array} bytes
   * @param {number} [place] where they start
   */
  take(bytes, place) {
    const reader = new Reader(bytes, place);
    let ordinal = 0;
    while (reader.place < bytes.length) {
      ordinal += reader.number();
      const start = reader.place;
      const size = reader.number();
      reader.place += size;
      if (this.places.has(ordinal)) continue;
      this.places.set(ordinal, this.used);
      this.add(bytes.subarray(start, reader.place));
    }
  }

  /** @param {Uint8Array} card */
  add(card) {
    const end = this.used + card.length;
    if (end > this.bytes.length) {
      const larger = new Uint8Array(2 * end);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes.set(card, this.used);
    this.used = end;
  }

  /**
   * @param {number} ordinal
   * @returns {Card}
   */
  read(ordinal) {
    const place = this.places.get(ordinal);
    if (place === undefined) throw new RangeError(TORN);
    const fields = new Reader(this.bytes, place).text().split('\x1f'); // Empty ones at the end are left out.
    const [page, trail = '', kind = '', anchor = '', name = '', ...more] = fields;
    const [title = '', signature = '', summary = '', added = '', deprecated = ''] = more;
    return { page, anchor, kind, name, title: title || name, signature, summary, trail, added, deprecated };
  }
}

/**
 * Return the cards of some entries. Files of keys bring along what they most probably call up; others are fetched.
 * @param {Shards} shards
 * @param {number[]} ordinals
 * @returns {Promise<Card[]>} in the same order
 */
export async function cards(shards, ordinals) {
  const missing = ordinals.filter((ordinal) => !shards.cards.places.has(ordinal));
  await Promise.all(missing.map((ordinal) => shards.bringCard(ordinal)));
  return ordinals.map((ordinal) => shards.cards.read(ordinal));
}
