/**
 * Boot: find what the page holds and give it its behaviour. The page reads well without any of this.
 * @module
 */

import { openIndex } from './components/brought-index.js';
import { answerAddress, searchDocsetOfAddress } from './components/not-found.js';
import { SearchBox, docsetOf } from './components/search-box.js';
import { bindSettings } from './components/settings-button.js';
import { bindShortcuts } from './components/shortcuts.js';

const DIALOG = new URL('../parts/search-dialog.html', import.meta.url);
const SETTINGS = new URL('../parts/settings.html', import.meta.url);

/** Milliseconds after loading at which the site is made ready to work offline. */
const SETTLED = 2000;

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
    const dialog = openDialog(opener);
    bindShortcuts(() => void dialog.then((one) => one.open()));
  }
}

/** @param {HTMLAnchorElement} opener */
async function openDialog(opener) {
  const { SearchDialog } = await import('./components/search-dialog.js');
  return new SearchDialog(opener, DIALOG, (panel) => new SearchBox(panel, openIndex));
}

async function listReadPages() {
  const { listReadPages: list } = await import('./components/read-pages.js');
  await list();
}

async function workOffline() {
  const { workOffline: work } = await import('./components/offline.js');
  await work(docsetOfPage());
}

/** @param {HTMLFormElement} form The search box of a page that has one of its own. */
function bootPageSearch(form) {
  const notFound = form.closest('[data-not-found]');
  searchDocsetOfAddress(form);
  const box = new SearchBox(form, openIndex);
  box.preload();
  bindShortcuts(() => box.focus());
  if (notFound) void answerAddress(box, docsetOf(form));
  else box.followAddress();
}

bootSearch();
bindSettings(SETTINGS, docsetOfPage());
if (document.querySelector('.ld-body')) void import('./reading.js');
if (document.querySelector('[data-read-pages]')) void listReadPages();
addEventListener('load', () => setTimeout(() => void workOffline(), SETTLED));
