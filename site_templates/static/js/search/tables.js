/** The tables of the index as a query reads them: what `sqlite_tables.py` is for Python. */

import { cards } from './cards.js';
import { kindOf, nameRow, wordRow } from './codec.js';
import { SPOKEN, isLetter } from './text.js';

/**
 * @typedef {import('./codec.js').Named} Named
 * @typedef {import('./codec.js').NameRow} NameRow
 * @typedef {import('./codec.js').Postings} Postings
 * @typedef {import('./codec.js').WordRow} WordRow
 * @typedef {import('./shards.js').Shards} Shards
 *
 * @typedef {Postings & {term: string}} Posted what a word says, and the word that leads its forms
 */

const COMPLETIONS = 4;

export class Tables {
  /** @param {Shards} shards */
  constructor(shards) {
    this.shards = shards;
  }

  /**
   * Return the entries that a key names, and those of longer keys: as one crowd, or key by key.
   * @param {string} key
   * @returns {Promise<{exact: Named[], crowd: Named[] | null, longer: [string, Named[]][]}>}
   */
  async names(key) {
    const row = await this.name(key);
    if (row?.crowd || isLetter(key)) return { exact: row?.entries ?? [], crowd: row?.crowd ?? [], longer: [] };
    /** @type {[string, Named[]][]} */
    const longer = [];
    for (const file of await this.shards.files('k', key, true)) {
      file.from(key, (name, reader) => {
        if (name.length > key.length && !name.endsWith(SPOKEN)) longer.push([name, nameRow(reader).entries]);
      });
    }
    return { exact: row?.entries ?? [], crowd: null, longer };
  }

  /**
   * Return the entries of this very key.
   * @param {string} key
   * @returns {Promise<Named[]>}
   */
  async exact(key) {
    return (await this.name(key))?.entries ?? [];
  }

  /**
   * @param {string} key
   * @returns {Promise<NameRow | null>}
   */
  async name(key) {
    const { shards } = this;
    const file = isLetter(key) ? await shards.letter(key) : (await shards.files('k', key, false))[0];
    const reader = file?.find(key);
    return reader ? nameRow(reader) : null;
  }

  /**
   * Return what a word says, null for an unknown word.
   * @param {string} word
   * @returns {Promise<Posted | null>}
   */
  async postings(word) {
    const row = await this.word(word);
    const term = row?.like || word;
    const postings = (row?.like ? await this.word(term) : row)?.postings;
    return postings ? { term, ...postings } : null;
  }

  /**
   * @param {string} word
   * @returns {Promise<WordRow | null>}
   */
  async word(word) {
    const reader = (await this.shards.files('k', word, false))[0]?.find(word);
    return reader ? wordRow(reader, word) : null;
  }

  /**
   * Return what the commonest longer words say that begin so.
   * @param {string} prefix
   * @param {number} most how many entries are wanted
   * @returns {Promise<Postings>} of each entry its highest impact
   */
  async ahead(prefix, most) {
    const ready = (await this.word(prefix))?.ahead;
    if (ready) return ready;
    /** @type {string[]} */
    const longer = [];
    for (const file of await this.shards.files('k', prefix, true)) {
      file.from(prefix, (word, reader) => {
        if (word !== prefix && kindOf(reader)) longer.push(word);
        return longer.length < COMPLETIONS;
      });
    }
    const posted = await Promise.all(longer.slice(0, COMPLETIONS).map((word) => this.postings(word)));
    return {
      weight: posted.find(Boolean)?.weight ?? 0,
      asking: posted.find(Boolean)?.asking ?? 0,
      packed: bestOf(posted.map((one) => one?.packed), most),
      asked: bestOf(posted.map((one) => one?.asked), most),
    };
  }

  /**
   * Return what a row of results shows of some entries, in the same order.
   * @param {number[]} ordinals
   */
  shown(ordinals) {
    return cards(this.shards, ordinals);
  }

  /**
   * Return dictionary words (backwards on side `b`) that begin so, with their weights.
   * @param {'f' | 'b'} side
   * @param {string} beginning
   * @returns {Promise<[string, number][]>}
   */
  async spellings(side, beginning) {
    /** @type {[string, number][]} */
    const found = [];
    for (const file of await this.shards.files(side, beginning, true)) {
      file.from(beginning, (word, reader) => void found.push([word, reader.bytes[reader.place]]));
    }
    return found;
  }
}

/**
 * Return the best entries of several words, each with its highest impact.
 * @param {(Uint32Array | undefined)[]} rows ordinal and impact in turns
 * @param {number} most
 * @returns {Uint32Array} the same
 */
function bestOf(rows, most) {
  /** @type {Map<number, number>} */
  const highest = new Map();
  for (const row of rows) {
    for (let place = 0; row && place < row.length; place += 2) {
      if (row[place + 1] > (highest.get(row[place]) ?? 0)) highest.set(row[place], row[place + 1]);
    }
  }
  const best = [...highest].sort((left, right) => right[1] - left[1] || left[0] - right[0]).slice(0, most);
  return Uint32Array.from(best.flat());
}
