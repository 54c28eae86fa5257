/** Fetch the files of the index, once each, and find the one that a key lies in. */

import { Cards } from './cards.js';
import { Reader, Rows } from './codec.js';

/**
 * @typedef {'k' | 'f' | 'b'} Kind files of rows
 * @typedef {Kind | 'c' | 'l'} AnyKind
 *
 * @typedef {object} Root
 * @property {number} format
 * @property {Record<AnyKind, string>} folders the folders of the files of each kind
 * @property {Record<AnyKind, number>} groups how many of them lie in one folder
 * @property {Record<string, number>} rules
 * @property {string} stop_words
 * @property {Record<Kind, string>} cuts
 * @property {string} letters those that have a file, in order
 * @property {number} cards how many cards are in one file
 *
 * The index of one docset, opened.
 * @typedef {object} Opened
 * @property {Root} root
 * @property {Set<string>} stops words left out where other words remain
 * @property {Record<Kind, string[]>} cuts the first key of each file
 * @property {(kind: AnyKind, place: number) => string} name where a file is
 */

export const FORMAT = 5;

const MOST_BYTES = 6e6;

/** The index can't be read: the network is away, or the files don't belong together. */
export class IndexError extends Error {
  name = 'IndexError';
}

/** The files of one index. What fails is forgotten, so that the next key tries again. */
export class Shards {
  /** @type {Map<string, Promise<any>>} */
  kept = new Map();
  cards = new Cards();
  bytes = 0;

  /**
   * @param {string} base the address of the index, with a slash at its end
   * @param {typeof fetch} fetcher
   */
  constructor(base, fetcher) {
    this.base = base;
    this.fetcher = fetcher;
  }

  /** @returns {Promise<Opened>} */
  open() {
    return this.once('root.json', async (reply) => {
      const root = /** @type {Root} */ (await reply.json());
      if (root.format !== FORMAT) throw new IndexError(`the index has format ${root.format}; reload the page`);
      const cut = (/** @type {string} */ firsts) => (firsts ? firsts.split(' ') : []);
      const { k, f, b } = root.cuts;
      const folders = Object.fromEntries(Object.entries(root.folders).map(([kind, all]) => [kind, cut(all)]));
      return {
        root,
        stops: new Set(root.stop_words.split(' ')),
        cuts: { k: keys(k), f: keys(f), b: keys(b) },
        name: (kind, place) => `${folders[kind][Math.floor(place / root.groups[kind])]}/${kind}${place}.bin`,
      };
    });
  }

  /**
   * Return the files in which keys with this beginning lie, in order; the first one holds the beginning itself.
   * @param {Kind} kind
   * @param {string} beginning
   * @param {boolean} all whether keys that are longer are wanted too
   * @returns {Promise<Rows[]>}
   */
  async files(kind, beginning, all) {
    const { cuts, name } = await this.open();
    const firsts = cuts[kind];
    let low = 0;
    let high = firsts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (firsts[middle] <= beginning) low = middle + 1;
      else high = middle;
    }
    const start = Math.max(0, low - 1);
    let end = Math.min(start + 1, firsts.length);
    while (all && end < firsts.length && firsts[end].startsWith(beginning)) end++;
    return Promise.all(firsts.slice(start, end).map((_, ahead) => this.rows(name(kind, start + ahead), kind !== 'k')));
  }

  /**
   * Return the file of a single letter, null for one that nothing begins with.
   * @param {string} letter
   * @returns {Promise<Rows | null>}
   */
  async letter(letter) {
    const { root, name } = await this.open();
    const place = root.letters.indexOf(letter);
    return place < 0 ? null : this.rows(name('l', place));
  }

  /**
   * Fetch the card of an entry, and those of its neighbours.
   * @param {number} ordinal
   * @returns {Promise<void>}
   */
  async bringCard(ordinal) {
    const { root, name } = await this.open();
    const file = name('c', Math.floor(ordinal / root.cards));
    return this.once(file, async (reply) => this.cards.take(await inflated(reply)));
  }

  /**
   * @param {string} name
   * @param {boolean} [plain] whether they bring no cards along
   * @returns {Promise<Rows>}
   */
  rows(name, plain) {
    return this.once(name, async (reply) => {
      const bytes = await inflated(reply);
      const reader = new Reader(bytes);
      const end = plain ? bytes.length : reader.number() + reader.place;
      this.cards.take(bytes, end);
      this.bytes += end;
      return new Rows(bytes.slice(reader.place, end), plain ? 1 : 0);
    });
  }

  /**
   * Fetch and decode a file, or return what is there of it.
   * @template Content
   * @param {string} name
   * @param {(reply: Response) => Promise<Content>} decode
   * @returns {Promise<Content>}
   */
  once(name, decode) {
    const kept = this.kept.get(name);
    if (kept) return kept;
    const coming = this.bring(name, decode);
    this.kept.set(name, coming);
    coming.catch(() => this.kept.delete(name));
    return coming;
  }

  /**
   * @template Content
   * @param {string} name
   * @param {(reply: Response) => Promise<Content>} decode
   * @returns {Promise<Content>}
   */
  async bring(name, decode) {
    const { fetcher } = this;
    let reply;
    try {
      reply = await fetcher(this.base + name);
    } catch (cause) {
      reply = await globalThis.caches?.match(this.base + name, { ignoreVary: true });
      if (!reply) throw new IndexError(`${name} can't be fetched; is the network there?`, { cause });
    }
    if (!reply.ok) {
      // After a new build the old files are gone: read the new root with the next key.
      this.kept.delete('root.json');
      throw new IndexError(`${name} can't be fetched: status ${reply.status}`);
    }
    return decode(reply);
  }

  /** Forget all files but the root, where they are too many; the browser's own cache has them still. */
  trim() {
    if (this.bytes + this.cards.used < MOST_BYTES) return;
    for (const name of this.kept.keys()) if (name !== 'root.json') this.kept.delete(name);
    this.cards = new Cards();
    this.bytes = 0;
  }
}

/**
 * Read keys in a row: each starts with a capital that says how much of the one before stays, A for nothing.
 * @param {string} row
 * @returns {string[]}
 */
function keys(row) {
  let key = '';
  return (row.match(/[A-Z][^A-Z]*/g) ?? []).map((one) => (key = key.slice(0, one.charCodeAt(0) - 65) + one.slice(1)));
}

/**
 * @param {Response} reply
 * @returns {Promise<Uint8Array>}
 */
async function inflated(reply) {
  const bytes = /** @type {ReadableStream} */ (reply.body).pipeThrough(new DecompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(bytes).arrayBuffer());
}
