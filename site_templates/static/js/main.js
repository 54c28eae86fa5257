/**
 * Boot: find what the page holds and give it its behaviour. The page reads well without any of this.
 * @module
 */

import { addCopyButtons } from './components/copy-buttons.js';
import { keepContentsInView } from './components/contents.js';
import { answerAddress, searchDocsetOfAddress } from './components/not-found.js';
import { followScroll } from './components/outline.js';
import { bindPreferences } from './components/preferences.js';
import { makeScrollersFocusable } from './components/scrollers.js';
import { SearchBox } from './components/search-box.js';
import { SearchDialog } from './components/search-dialog.js';
import { bindShortcuts } from './components/shortcuts.js';
import { createSearch } from './search/client.js';

/** @param {HTMLFormElement} form */
function openSearch(form) {
  const { index = '', worker = '' } = form.dataset;
  const absolute = (/** @type {string} */ address) => new URL(address, document.baseURI).href;
  return createSearch({ base: absolute(index), workerUrl: absolute(worker) });
}

function bootSearch() {
  const form = document.querySelector('form[data-search]');
  if (!(form instanceof HTMLFormElement)) return;
  const dialog = form.closest('dialog');
  const notFound = form.closest('[data-not-found]');
  if (notFound) searchDocsetOfAddress(form);
  const search = openSearch(form);
  const box = new SearchBox(form, search);
  if (dialog) {
    const opener = /** @type {HTMLElement | null} */ (document.querySelector('[data-search-opener]'));
    const opened = new SearchDialog(dialog, box, opener);
    bindShortcuts(() => opened.open());
    return;
  }
  box.preload();
  bindShortcuts(() => box.focus());
  if (notFound) void answerAddress(box, search, box.root);
  else box.followAddress();
}

/** @param {() => void} work */
function whenIdle(work) {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(work);
  else setTimeout(work, 200);
}

bootSearch();
bindPreferences();
keepContentsInView();
followScroll();
addCopyButtons();
whenIdle(makeScrollersFocusable);
