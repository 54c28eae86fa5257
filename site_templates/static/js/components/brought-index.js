/**
 * Open the index of a docset. The first page brings the index's root along, so that its first search waits for less; a
 * page that outlives its build finds that the parts are gone, and begins anew with what is there now.
 * @module
 */

import { createSearch } from '../search/client.js';

/** @import { Search } from '../search/client.js' */

/**
 * @param {URL} docset
 * @returns {Search}
 */
export function openIndex(docset) {
  const base = new URL('_search/', docset).href;
  let brought = broughtRoot(base);
  let index = createSearch({ base, fetch: brought });
  let newest = 0;
  return {
    async search(text, options) {
      const number = ++newest;
      try {
        return await index.search(text, options);
      } catch (error) {
        if (number !== newest) throw error;
        if (brought) index = createSearch({ base });
        brought = undefined;
        return index.search(text, options);
      }
    },
    preload: () => index.preload(),
  };
}

/**
 * @param {string} base
 * @returns {typeof fetch | undefined} What fetches files of the index, its root from the page; nothing where the page has none.
 */
function broughtRoot(base) {
  const root = document.querySelector('script[data-index]');
  if (!(root instanceof HTMLElement) || new URL(root.dataset.index ?? '', document.baseURI).href !== base) return undefined;
  return async (address, options) => (address === `${base}root.json` ? new Response(root.textContent) : fetch(address, options));
}
