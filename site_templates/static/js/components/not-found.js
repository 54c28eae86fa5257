/**
 * The 404 page reads its address as a name: `/python/3.11/json.dump` leads to what is called so, and a name that is
 * nearly right to the nearest ones; a page that has moved, to where it stands now.
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
 * Lead to what the address means, where the docs know it; else search for the name that it ends in.
 * @param {SearchBox} box
 * @param {URL} root The docset's address.
 */
export async function answerAddress(box, root) {
  const file = lastPart(location.pathname);
  if (!file) return;
  const isPage = file.endsWith('.html');
  const name = file.replace(/\.html?$/, '');
  try {
    const place = isPage ? await movedPage(box, file) : await named(box, name);
    if (place) return location.replace(new URL(place, root));
  } catch {
    // The box says what is wrong, and tries again.
  }
  box.ask(name);
}

/**
 * @param {SearchBox} box
 * @param {string} name
 */
async function named(box, name) {
  const { results } = await box.search.search(name, { limit: 1 });
  return results[0]?.name === name ? results[0].url : '';
}

/**
 * Find a page that stands elsewhere now, by the name of its file, and on it what the anchor names; or else that alone,
 * which may have moved to another page.
 * @param {SearchBox} box
 * @param {string} file
 * @returns {Promise<string>} Its address in the docset, '' where the docs don't know it.
 */
async function movedPage(box, file) {
  const anchor = decoded(location.hash.slice(1));
  if (anchor && !anchor.startsWith('module-')) {
    const place = await named(box, anchor);
    if (place) return place;
  }
  if (file === 'index.html') return '';
  const { results } = await box.search.search(file, { limit: 10 });
  return results.find(({ page }) => lastPart(page) === file)?.page ?? '';
}

/** @param {string} path */
function lastPart(path) {
  return decoded(path.split('/').filter(Boolean).pop() ?? '');
}

/**
 * @param {string} text
 * @returns {string} What a part of an address says, '' for one that is broken.
 */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
