/** Read the files of the index; `shard_rows.py`, `shard_keys.py` and `cards.py` in `builder/search_index` write them. */

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
 * @property {Uint32Array} packed ordinal and impact in turns, by ordinal: what the word says of entries
 * @property {number} asking how much the word counts in what people ask
 * @property {Uint32Array} asked the same: how much it is of what people ask for them
 *
 * @typedef {object} WordRow
 * @property {Postings | null} postings
 * @property {string} like the word that has the postings of this form, '' for none
 * @property {Postings | null} ahead what the words speak for that begin so, where there are many
 */

const POSTED = 1;
const LIKE = 2;
const AHEAD = 4;

export const TORN = 'the index is not of this build; reload the page';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Reads numbers and texts off a buffer, one after another. */
export class Reader {
  /**
   * @param {Uint8Array} bytes
   * @param {number} [place]
   */
  constructor(bytes, place = 0) {
    this.bytes = bytes;
    this.place = place;
  }

  number() {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = this.bytes[this.place++];
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      if (byte === undefined) throw new RangeError(TORN);
      factor *= 128;
    }
  }

  text() {
    const size = this.number();
    this.place += size;
    return decoder.decode(this.bytes.subarray(this.place - size, this.place));
  }
}

/** The rows of a file, sorted by key. They stay bytes: a query reads a few of many. */
export class Rows {
  /**
   * @param {Uint8Array} bytes
   * @param {number} size how many bytes of content each row has, 0 where each says so itself
   */
  constructor(bytes, size = 0) {
    this.bytes = bytes;
    this.size = size;
  }

  /**
   * Return a reader at the content of a key's row, null if there is none.
   * @param {string} key
   * @returns {Reader | null}
   */
  find(key) {
    const wanted = encoder.encode(key);
    /** @type {Reader | null} */
    let found = null;
    this.scan(wanted, (own, place) => {
      if (own.length === wanted.length) found = new Reader(this.bytes, place);
      return false; // The key itself comes before all that begin with it.
    });
    return found;
  }

  /**
   * Visit the rows whose keys begin so, in order.
   * @param {string} beginning
   * @param {(key: string, reader: Reader) => boolean | void} visit returns false to end
   */
  from(beginning, visit) {
    this.scan(encoder.encode(beginning), (key, place) => visit(decoder.decode(key), new Reader(this.bytes, place)));
  }

  /**
   * Visit the rows whose keys begin so, in order.
   * @param {Uint8Array} wanted
   * @param {(key: Uint8Array, place: number) => boolean | void} visit told where the row's content is; returns false to
   *   end
   */
  scan(wanted, visit) {
    const { bytes } = this;
    const reader = new Reader(bytes);
    let same = 0; // how many bytes of the row's key are those of what is wanted
    let key = wanted; // the row's own, from the first on that begins so
    let inside = false;
    while (reader.place < bytes.length) {
      const share = reader.number();
      const more = reader.number();
      const start = reader.place;
      if (share <= same) {
        same = share;
        while (same < share + more && same < wanted.length && bytes[start + same - share] === wanted[same]) same++;
      }
      reader.place += more;
      const size = this.size || reader.number();
      if (same === wanted.length) {
        inside = true;
        key = joined(key.subarray(0, share), bytes.subarray(start, start + more));
        if (visit(key, reader.place) === false) return;
      } else if (inside) {
        return;
      }
      reader.place += size;
    }
  }
}

/**
 * @param {Uint8Array} front
 * @param {Uint8Array} rest
 */
function joined(front, rest) {
  const whole = new Uint8Array(front.length + rest.length);
  whole.set(front);
  whole.set(rest, front.length);
  return whole;
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
    found.push([ordinal, reader.bytes[reader.place++], worth]);
  }
  return found;
}

/**
 * Decode what a name calls up.
 * @param {Reader} reader
 * @returns {NameRow}
 */
export function nameRow(reader) {
  return { entries: named(reader) ?? [], crowd: named(reader) };
}

/**
 * @param {Reader} reader
 * @returns {Postings}
 */
function postings(reader) {
  const weight = reader.bytes[reader.place++];
  const asking = reader.bytes[reader.place++];
  return { weight, packed: impacts(reader), asking, asked: impacts(reader) };
}

/**
 * @param {Reader} reader
 * @returns {Uint32Array} ordinal and impact in turns
 */
function impacts(reader) {
  const count = reader.number();
  if (count > reader.bytes.length) throw new RangeError(TORN);
  const packed = new Uint32Array(2 * count);
  let ordinal = 0;
  for (let place = 0; place < 2 * count; place += 2) packed[place] = ordinal += reader.number();
  for (let place = 1; place < 2 * count; place += 2) packed[place] = reader.bytes[reader.place++];
  return packed;
}

/**
 * Decode what a key says as a word or the beginning of words.
 * @param {Reader} reader
 * @param {string} word
 * @returns {WordRow}
 */
export function wordRow(reader, word) {
  const kind = kindOf(reader);
  const own = kind & POSTED ? postings(reader) : null;
  const like = kind & LIKE ? leader(reader, word) : '';
  return { postings: own, like, ahead: kind & AHEAD ? postings(reader) : null };
}

/**
 * Step over what a key names and return what it says as a word, 0 for nothing.
 * @param {Reader} reader
 */
export function kindOf(reader) {
  for (let list = 0; list < 2; list++) {
    for (let count = reader.number(); count > 1; count--) {
      reader.number();
      reader.number();
      reader.place++;
    }
  }
  return reader.bytes[reader.place++];
}

/**
 * @param {Reader} reader
 * @param {string} word
 */
function leader(reader, word) {
  const front = encoder.encode(word).subarray(0, reader.number());
  return decoder.decode(front) + reader.text();
}
