/**
 * What the site keeps on the device, under the names that `service-worker.js` uses.
 * @module
 */

/** @returns {URL | null} The site's root, which its manifest stands in; null where nothing can be kept. */
export function siteRoot() {
  const manifest = document.querySelector('link[rel=manifest]');
  const able = 'serviceWorker' in navigator && 'caches' in globalThis;
  return able && manifest instanceof HTMLLinkElement ? new URL('.', manifest.href) : null;
}

/**
 * @param {URL} root
 * @returns {string} The cache of what was read.
 */
export function readCache(root) {
  return `livedocs ${root.pathname} read`;
}

/**
 * @param {URL} root
 * @param {URL} docset
 * @returns {string} The cache of a docset that is kept whole.
 */
export function keptCache(root, docset) {
  return `livedocs ${root.pathname} kept ${docset.pathname}`;
}
