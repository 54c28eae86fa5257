/**
 * A search in the page's address, so that it can be shared, and in the browser's history, so that the way back leads to
 * the same list, the same choice and the same place.
 * @module
 */

/**
 * @typedef {{text: string, kind: string, module: string, docset: string}} Asked
 * @typedef {{active: number, rows: number, scroll: number}} Place
 */

/** @returns {Asked} What the address asks for; `docset` as `python/3.11/`, '' where it names none. */
export function askedInAddress() {
  const asked = new URLSearchParams(location.search);
  const take = (/** @type {string} */ name) => asked.get(name) ?? '';
  const docset = take('docset') && take('version') ? `${take('docset')}/${take('version')}/` : '';
  return { text: take('q'), kind: take('kind'), module: take('module'), docset };
}

/**
 * @param {Asked} asked
 * @param {boolean} step Whether the way back leads to what was asked before.
 */
export function showInAddress({ text, kind, module, docset }, step) {
  const address = new URL(location.href);
  const [slug, version] = docset.split('/');
  const asked = { q: text.trim() && text, kind, module, docset: slug ?? '', version: version ?? '' };
  for (const [name, value] of Object.entries(asked)) {
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
  }
  if (address.href === location.href) return;
  if (step) history.pushState(null, '', address);
  else history.replaceState(null, '', address);
}

/** @returns {Place | null} Where the reader was when this entry of the history was left. */
export function placeInHistory() {
  const place = history.state?.place;
  return typeof place?.active === 'number' ? place : null;
}

/** @param {Place} place */
export function keepPlaceInHistory(place) {
  history.replaceState({ place }, '');
}
