/** Decode the `.bin` files of the index; `builder/search_index/shards.py` writes them and documents their form. */

/**
 * An entry that a name calls up: ordinal, checksum of how the name is written, worth.
 * @typedef {[number, number, number]} Named
 *
 * @typedef {object} NameRow
 * @property {Named[]} entries the entries of this very key
 * @property {Named[] | null} crowd the best entries of all keys that begin so, where there are many
 *
 * @typedef {object} Postings
 * @property {number} weight how much the word counts in a query
 * @property {Uint32Array} packed ordinal and impact in turns, best first
 *
 * @typedef {object} WordRow
 * @property {Postings | null} postings
 * @property {string} like the word that has the postings of this form, '' for none
 * @property {string[] | null} completions
 */

const decoder = new TextDecoder();

/** Reads numbers and texts off a buffer, one after another. */
class Reader {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.place = 0;
  }

  get done() {
    return this.place >= this.bytes.length;
  }

  byte() {
    return this.bytes[this.place++];
  }

  number() {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = this.bytes[this.place++];
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  }

  text() {
    const length = this.number();
    this.place += length;
    return decoder.decode(this.bytes.subarray(this.place - length, this.place));
  }
}

/**
 * Decode rows whose keys are front-coded.
 * @template Row
 * @param {Uint8Array} bytes
 * @param {(reader: Reader, key: string) => Row} content
 * @returns {Map<string, Row>} in the order of the keys
 */
function rows(bytes, content) {
  const reader = new Reader(bytes);
  /** @type {Map<string, Row>} */
  const found = new Map();
  let key = '';
  while (!reader.done) {
    key = key.slice(0, reader.number()) + reader.text();
    found.set(key, content(reader, key));
  }
  return found;
}

/**
 * @param {Reader} reader
 * @returns {Named[] | null}
 */
function named(reader) {
  const count = reader.number() - 1;
  if (count < 0) return null;
  /** @type {Named[]} */
  const found = [];
  let worth = 4095;
  for (let place = 0; place < count; place++) {
    worth -= reader.number();
    const ordinal = reader.number();
    found.push([ordinal, reader.byte(), worth]);
  }
  return found;
}

/**
 * Decode names.
 * @param {Uint8Array} bytes
 * @returns {Map<string, NameRow>}
 */
export function names(bytes) {
  return rows(bytes, (reader) => ({ entries: named(reader) ?? [], crowd: named(reader) }));
}

/**
 * @param {Reader} reader
 * @returns {Postings}
 */
function postings(reader) {
  const weight = reader.byte();
  const runs = reader.number();
  /** @type {number[]} */
  const packed = [];
  let impact = 255;
  for (let run = 0; run < runs; run++) {
    impact -= reader.number();
    let ordinal = 0;
    for (let left = reader.number(); left > 0; left--) {
      ordinal += reader.number();
      packed.push(ordinal, impact);
    }
  }
  return { weight, packed: Uint32Array.from(packed) };
}

/**
 * Decode words with their postings.
 * @param {Uint8Array} bytes
 * @returns {Map<string, WordRow>}
 */
export function wordRows(bytes) {
  return rows(bytes, (reader, key) => {
    const kind = reader.byte();
    const own = kind === 1 ? postings(reader) : null;
    const like = kind === 2 ? key.slice(0, reader.number()) + reader.text() : '';
    const count = reader.number() - 1;
    const completions = count < 0 ? null : Array.from({ length: count }, () => key + reader.text());
    return { postings: own, like, completions };
  });
}

/**
 * Decode a part of the dictionary for typos.
 * @param {Uint8Array} bytes
 * @returns {Map<string, number>} word to weight
 */
export function spellings(bytes) {
  return rows(bytes, (reader) => reader.byte());
}

/**
 * Decode base64.
 * @param {string} text
 * @returns {Uint8Array}
 */
export function fromBase64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
