/**
 * Boot: find what the page holds and give it its behaviour. The page reads well without any of this.
 * @module
 */

import { answerAddress, searchDocsetOfAddress } from './components/not-found.js';
import { workOffline } from './components/offline.js';
import { listReadPages } from './components/read-pages.js';
import { SearchBox, docsetOf } from './components/search-box.js';
import { SearchDialog } from './components/search-dialog.js';
import { bindSettings } from './components/settings-button.js';
import { bindShortcuts } from './components/shortcuts.js';
import { createSearch } from './search/client.js';

const DIALOG = new URL('../parts/search-dialog.html', import.meta.url);
const SETTINGS = new URL('../parts/settings.html', import.meta.url);

/** Milliseconds after loading at which the site is made ready to work offline. */
const SETTLED = 2000;

/** @param {URL} docset */
function openSearch(docset) {
  return createSearch({ base: new URL('_search/', docset).href });
}

/** @returns {URL | null} The docset of this page: that which its search searches. */
function docsetOfPage() {
  const [form, opener] = searchParts();
  if (form instanceof HTMLFormElement) return docsetOf(form);
  return opener instanceof HTMLAnchorElement ? new URL('.', opener.href) : null;
}

function searchParts() {
  return [document.querySelector('form[data-search]'), document.querySelector('a[data-search-opener]')];
}

function bootSearch() {
  const [form, opener] = searchParts();
  if (form instanceof HTMLFormElement) {
    bootPageSearch(form);
  } else if (opener instanceof HTMLAnchorElement) {
    const dialog = new SearchDialog(opener, DIALOG, (panel) => new SearchBox(panel, openSearch));
    bindShortcuts(() => void dialog.open());
  }
}

/** @param {HTMLFormElement} form The search box of a page that has one of its own. */
function bootPageSearch(form) {
  const notFound = form.closest('[data-not-found]');
  searchDocsetOfAddress(form);
  const box = new SearchBox(form, openSearch);
  box.preload();
  bindShortcuts(() => box.focus());
  if (notFound) void answerAddress(box, docsetOf(form));
  else box.followAddress();
}

bootSearch();
bindSettings(SETTINGS, docsetOfPage());
if (document.querySelector('.ld-body')) void import('./reading.js');
void listReadPages();
addEventListener('load', () => setTimeout(() => void workOffline(docsetOfPage()), SETTLED));
