/**
 * Boot: find what the page holds and give it its behaviour. The page reads well without any of this.
 * @module
 */

import { addCopyButtons } from './components/copy-buttons.js';
import { keepContentsInView } from './components/contents.js';
import { followScroll } from './components/outline.js';
import { bindPreferences } from './components/preferences.js';
import { makeScrollersFocusable } from './components/scrollers.js';
import { SearchBox } from './components/search-box.js';
import { SearchDialog } from './components/search-dialog.js';
import { bindShortcuts } from './components/shortcuts.js';
import { createSearch } from './search/client.js';

/** @param {HTMLFormElement} form */
function createBox(form) {
  const { index = '', worker = '' } = form.dataset;
  const absolute = (/** @type {string} */ address) => new URL(address, document.baseURI).href;
  return new SearchBox(form, createSearch({ base: absolute(index), workerUrl: absolute(worker) }));
}

function bootSearch() {
  const form = document.querySelector('form[data-search]');
  if (!(form instanceof HTMLFormElement)) return;
  const dialog = form.closest('dialog');
  const box = createBox(form);
  if (dialog) {
    const opener = /** @type {HTMLElement | null} */ (document.querySelector('[data-search-opener]'));
    const search = new SearchDialog(dialog, box, opener);
    bindShortcuts(() => search.open());
  } else {
    box.followAddress();
    box.preload();
    bindShortcuts(() => box.focus());
  }
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
