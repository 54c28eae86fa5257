/**
 * Start the service worker, give it the page that was read before it was there, and bring up to date what is kept.
 * @module
 */

import { keptCache, readCache, siteRoot } from '../lib/device.js';

const CHECKED = 'livedocs.kept-checked';

/** @param {URL | null} docset The docset of this page. */
export async function workOffline(docset) {
  const root = siteRoot();
  if (!root) return;
  try {
    const first = !navigator.serviceWorker.controller;
    await navigator.serviceWorker.register(new URL('sw.js', root), { scope: root.pathname });
    await navigator.serviceWorker.ready;
    if (first) await keepWhatWasRead(root);
    else if (docset) await refreshKept(root, docset);
  } catch {
    // No room, no permission, or the line is down: the site works from the network as before.
  }
}

/**
 * Keep this page, if it is one, its pictures, and the parts of the index that it has loaded.
 * @param {URL} root
 */
async function keepWhatWasRead(root) {
  const cache = await caches.open(readCache(root));
  const page = location.origin + location.pathname.replace(/\/index\.html$/, '/');
  const loaded = performance.getEntriesByType('resource').map(({ name }) => name);
  const parts = loaded.filter((url) => url.includes('/_search/') || url.includes('/_images/'));
  const brought = document.querySelector('script[data-index]');
  if (brought instanceof HTMLElement) parts.push(new URL(`${brought.dataset.index}root.json`, document.baseURI).href);
  const [visit] = performance.getEntriesByType('navigation');
  const found = !(visit instanceof PerformanceNavigationTiming && visit.responseStatus >= 400);
  const ours = [...(found ? [page] : []), ...parts].filter((url) => url.startsWith(root.href));
  await Promise.allSettled(ours.map((url) => cache.add(url)));
}

/**
 * Fetch what a new build has changed of a docset that is kept whole; asked once a visit.
 * @param {URL} root
 * @param {URL} docset
 */
async function refreshKept(root, docset) {
  const name = keptCache(root, docset);
  if (!(await caches.has(name)) || sessionStorage.getItem(CHECKED) === name) return;
  sessionStorage.setItem(CHECKED, name);
  const { KeptDocset } = await import('../lib/kept-docset.js');
  const whole = new KeptDocset(root, docset);
  const kept = await whole.kept();
  const listing = kept && (await whole.listing());
  if (listing && listing.mark !== kept.mark) await whole.keep(listing, () => {}, new AbortController().signal);
}
