/**
 * The page that stands in for one that is not on the device lists those that are.
 * @module
 */

import { readCache, siteRoot } from '../lib/device.js';

const MOST = 40;

export async function listReadPages() {
  const part = document.querySelector('[data-read-pages]');
  const root = siteRoot();
  if (!(part instanceof HTMLElement) || !root) return;
  const cache = await caches.open(readCache(root));
  const rows = [];
  for (const request of (await cache.keys()).filter(({ url }) => /\.html$|\/$/.test(url)).slice(-MOST).reverse()) {
    const text = await (await cache.match(request))?.text();
    if (text) rows.push(row(request.url, text));
  }
  part.querySelector('ul')?.append(...rows);
  part.hidden = rows.length === 0;
}

/**
 * @param {string} url
 * @param {string} text
 */
function row(url, text) {
  const line = document.createElement('li');
  const link = document.createElement('a');
  link.href = url;
  link.textContent = new DOMParser().parseFromString(text, 'text/html').title;
  line.append(link);
  return line;
}
