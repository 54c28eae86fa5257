/**
 * A docset kept whole on the device: fetched on request, brought up to date after a new build, removed.
 * @module
 */

import { keptCache } from './device.js';
import { placeUrl } from './place.js';

/**
 * What a docset is made of; the build writes it (`builder/pipeline/offline.py`).
 * @typedef {object} Listing
 * @property {string} name Of the docset, for people.
 * @property {string} mark Changes with any of the files.
 * @property {number} bytes
 * @property {[path: string, bytes: number, mark: string][]} files A file's mark changes with what it holds.
 *
 * @typedef {(done: number, total: number) => void} Progress In bytes.
 */

const LISTING = '_search/offline.json';
const MARK = 'livedocs-mark';
const AT_ONCE = 6;

export class KeptDocset {
  #docset;
  #name;

  /**
   * @param {URL} root The site's.
   * @param {URL} docset
   */
  constructor(root, docset) {
    this.#docset = docset;
    this.#name = keptCache(root, docset);
  }

  /** @returns {Promise<Listing>} What there is to keep. */
  async listing() {
    return (await fetchFresh(new URL(LISTING, this.#docset))).json();
  }

  /** @returns {Promise<Listing | null>} What is kept, null where that is nothing or not all. */
  async kept() {
    if (!(await caches.has(this.#name))) return null;
    const reply = await (await caches.open(this.#name)).match(new URL(LISTING, this.#docset), { ignoreVary: true });
    return reply ? reply.json() : null;
  }

  /**
   * Fetch what is missing or has changed. What came before a failure stays and is not fetched again.
   * @param {Listing} listing
   * @param {Progress} progress
   * @param {AbortSignal} signal
   */
  async keep(listing, progress, signal) {
    const cache = await caches.open(this.#name);
    const marks = new Map((await cache.keys()).map((request) => [request.url, request.headers.get(MARK)]));
    let done = 0;
    const waiting = [...listing.files];
    const work = async () => {
      for (let file = waiting.pop(); file; file = waiting.pop()) {
        const [path, bytes, mark] = file;
        const url = this.#address(path);
        if (marks.get(url) !== mark) {
          await cache.put(new Request(url, { headers: { [MARK]: mark } }), await fetchFresh(url, signal));
        }
        done += bytes;
        progress(done, listing.bytes);
      }
    };
    const all = Array.from({ length: AT_ONCE }, work);
    try {
      await Promise.all(all);
    } finally {
      waiting.length = 0;
      await Promise.allSettled(all);
    }
    await this.#finish(cache, listing);
  }

  async remove() {
    await caches.delete(this.#name);
  }

  /**
   * Throw away what is no part of the docset any more, and say that it is whole.
   * @param {Cache} cache
   * @param {Listing} listing
   */
  async #finish(cache, listing) {
    const wanted = new Set(listing.files.map(([path]) => this.#address(path)));
    for (const request of await cache.keys()) if (!wanted.has(request.url)) await cache.delete(request);
    await cache.put(new URL(LISTING, this.#docset), Response.json(listing));
  }

  /** @param {string} path */
  #address(path) {
    return new URL(placeUrl(path, ''), this.#docset).href;
  }
}

/**
 * Fetch a file past the service worker, which would keep it among what was read.
 * @param {string | URL} url
 * @param {AbortSignal} [signal]
 */
async function fetchFresh(url, signal) {
  const reply = await fetch(url, { cache: 'no-store', signal });
  if (!reply.ok) throw new Error(`${url}: ${reply.status}`);
  return reply;
}
