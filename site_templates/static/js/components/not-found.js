/**
 * The 404 page reads its address as a name: `/python/3.11/json.dump` leads to what is called so, and a name that is
 * nearly right to the nearest ones.
 * @module
 */

/** @import { SearchBox } from './search-box.js' */

/**
 * Let the search box search the docset that the address belongs to, where the page knows it; of docs without a version
 * in the address (`/python/json.dump`) the newest.
 * @param {HTMLFormElement} form
 */
export function searchDocsetOfAddress(form) {
  const docsets = [...document.querySelectorAll('[data-docsets] a')].map((link) =>
    link instanceof HTMLAnchorElement ? link.pathname : '',
  );
  const docset =
    docsets.find((path) => location.pathname.startsWith(path)) ??
    docsets.find((path) => location.pathname.startsWith(path.replace(/[^/]+\/$/, '')));
  if (docset) form.dataset.docset = docset;
}

/**
 * @param {SearchBox} box
 * @param {URL} root The docset's address.
 */
export async function answerAddress(box, root) {
  const name = nameIn(location.pathname);
  if (!name) return;
  try {
    const { results } = await box.search.search(name, { limit: 1 });
    if (results[0]?.name === name && !location.pathname.endsWith('.html')) return location.replace(new URL(results[0].url, root));
  } catch {
    // The box says what is wrong, and tries again.
  }
  box.ask(name);
}

/**
 * @param {string} path
 * @returns {string} The name that an address ends in, "" for none.
 */
function nameIn(path) {
  const last = path.split('/').filter(Boolean).pop() ?? '';
  try {
    return decodeURIComponent(last).replace(/\.html?$/, '');
  } catch {
    return '';
  }
}
