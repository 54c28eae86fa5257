/** The tables of the index as a query reads them: what `sqlite_tables.py` is for Python. */

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
    if (isLetter(key)) {
      const letter = (await this.shards.open()).letters.get(key);
      return { exact: letter?.entries ?? [], crowd: letter?.crowd ?? [], longer: [] };
    }
    const first = /** @type {Map<string, NameRow> | undefined} */ ((await this.shards.files('n', key, false))[0]);
    const row = first?.get(key);
    if (row?.crowd) return { exact: row.entries, crowd: row.crowd, longer: [] };
    /** @type {[string, Named[]][]} */
    const longer = [];
    for (const file of await this.shards.files('n', key, true)) {
      for (const [name, { entries }] of file) {
        if (name.length > key.length && name.startsWith(key) && !name.endsWith(SPOKEN)) longer.push([name, entries]);
      }
    }
    return { exact: row?.entries ?? [], crowd: null, longer };
  }

  /**
   * Return the entries of this very key.
   * @param {string} key
   * @returns {Promise<Named[]>}
   */
  async exact(key) {
    const row = isLetter(key)
      ? (await this.shards.open()).letters.get(key)
      : (await this.shards.files('n', key, false))[0]?.get(key);
    return row?.entries ?? [];
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
   * @returns {Promise<WordRow | undefined>}
   */
  async word(word) {
    return (await this.shards.files('t', word, false))[0]?.get(word);
  }

  /**
   * Return the commonest longer words that begin so.
   * @param {string} prefix
   * @returns {Promise<string[]>}
   */
  async completions(prefix) {
    const ready = (await this.word(prefix))?.completions;
    if (ready) return ready.filter((word) => word !== prefix);
    const found = [];
    for (const file of await this.shards.files('t', prefix, true)) {
      for (const word of file.keys()) if (word !== prefix && word.startsWith(prefix)) found.push(word);
    }
    return found.slice(0, COMPLETIONS);
  }

  /**
   * Return dictionary words (backwards on side `b`) that begin so, with their weights.
   * @param {'f' | 'b'} side
   * @param {string} beginning
   * @returns {Promise<[string, number][]>}
   */
  async spellings(side, beginning) {
    const files = await this.shards.files(side, beginning, true);
    return files.flatMap((file) => [...file].filter(([word]) => word.startsWith(beginning)));
  }
}
