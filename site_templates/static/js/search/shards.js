/** Fetch the files of the index, once each, and find the one that a key lies in. */

import { Reader, Rows, fromBase64, nameRow } from './codec.js';

/**
 * @typedef {import('./codec.js').NameRow} NameRow
 * @typedef {'n' | 't' | 'f' | 'b'} Kind files of rows
 * @typedef {Kind | 'c' | 'l'} AnyKind
 * @typedef {import('./cards.js').Packed} Packed
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
 * @property {(kind: AnyKind, place: number) => string} folder the folder of a file
 *
 * What a first letter needs.
 * @typedef {object} Letter
 * @property {NameRow} row
 * @property {Map<number, [string[], Packed]>} cards of the entries that are shown for it, by ordinal
 */

export const FORMAT = 4;
const MOST_KEPT = 1000;

/** The index can't be read: the network is away, or the files don't belong together. */
export class IndexError extends Error {
  name = 'IndexError';
}

/** The files of one index. What fails is forgotten, so that the next key tries again. */
export class Shards {
  /**
   * @param {string} base the address of the index, with a slash at its end
   * @param {typeof fetch} fetcher
   */
  constructor(base, fetcher) {
    this.base = base;
    this.fetcher = fetcher;
    /** @type {Map<string, Promise<any>>} */
    this.kept = new Map();
  }

  /** @returns {Promise<Opened>} */
  open() {
    return this.once('root.json', async (reply) => {
      const root = /** @type {Root} */ (await reply.json());
      if (root.format !== FORMAT) throw new IndexError(`the index has format ${root.format}; reload the page`);
      const cut = (/** @type {string} */ firsts) => (firsts ? firsts.split(' ') : []);
      const { n, t, f, b } = root.cuts;
      const folders = Object.fromEntries(Object.entries(root.folders).map(([kind, all]) => [kind, cut(all)]));
      return {
        root,
        stops: new Set(root.stop_words.split(' ')),
        cuts: { n: keys(n), t: keys(t), f: keys(f), b: keys(b) },
        folder: (kind, place) => folders[kind][Math.floor(place / root.groups[kind])],
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
    const { cuts, folder } = await this.open();
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
    const size = kind === 'f' || kind === 'b' ? 1 : 0;
    return Promise.all(
      firsts.slice(start, end).map((_, ahead) => {
        const place = start + ahead;
        const name = `${folder(kind, place)}/${kind}${place}.bin`;
        return this.once(name, async (reply) => new Rows(await inflated(reply), size));
      }),
    );
  }

  /**
   * Return what a first letter needs, null for a letter that nothing begins with.
   * @param {string} letter
   * @returns {Promise<Letter | null>}
   */
  async letter(letter) {
    const { root, folder } = await this.open();
    const place = root.letters.indexOf(letter);
    if (place < 0) return null;
    return this.once(`${folder('l', place)}/l${place}.json`, async (reply) => {
      const [row, ordinals, shared, rows] = /** @type {[string, number[], string[], Packed[]]} */ (await reply.json());
      return {
        row: nameRow(new Reader(fromBase64(row))),
        cards: new Map(ordinals.map((ordinal, at) => [ordinal, [shared, rows[at]]])),
      };
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
    if (this.kept.size > MOST_KEPT) this.forgetOldest();
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
    const fetcher = this.fetcher;
    let reply;
    try {
      reply = await fetcher(this.base + name);
    } catch (cause) {
      throw new IndexError(`${name} can't be fetched; is the network there?`, { cause });
    }
    if (!reply.ok) {
      // After a new build the old files are gone: read the new root with the next key.
      this.kept.delete('root.json');
      throw new IndexError(`${name} can't be fetched: status ${reply.status}`);
    }
    return decode(reply);
  }

  forgetOldest() {
    for (const name of this.kept.keys()) {
      if (name !== 'root.json') {
        this.kept.delete(name);
        return;
      }
    }
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
