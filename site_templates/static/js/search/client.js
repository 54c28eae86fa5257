/** The page's side of search: the newest question is answered, and what came before it is dropped. */

import { createEngine } from './engine.js';

/**
 * @typedef {import('./engine.js').Answer} Answer
 *
 * @typedef {object} Search
 * @property {(text: string, options?: {limit?: number}) => Promise<Answer>} search rejects with `Stale` when a newer search was asked before this one was answered, and with an error in words when the index can't be read
 * @property {() => void} preload fetches what every search needs, ahead of the first key
 */

/**
 * @param {{base: string, fetch?: typeof fetch}} options `base` is the address of the index with a slash at its end
 * @returns {Search}
 */
export function createSearch({ base, fetch }) {
  const engine = createEngine({ base: new URL(base, globalThis.document?.baseURI).href, fetch });
  let newest = 0;
  return {
    search(text, { limit = 10 } = {}) {
      const number = ++newest;
      const explain = new URLSearchParams(globalThis.location?.search).has('explain');
      return engine.search(text, { limit, explain, wanted: () => number === newest });
    },
    preload() {
      engine.preload().catch(() => {}); // The first search says what is wrong.
    },
  };
}
