/**
 * The address of a place in the docs: a page's path is made of names, not of an address, and may hold any character.
 * @module
 */

/** What `encodeURIComponent` leaves, though it means something in an address (RFC 3986, 2.2). */
const MARKS = /[!'()*]/g;

/** What a fragment may hold as it is (RFC 3986, 3.5), as `encodeURIComponent` writes it. */
const FREE_IN_FRAGMENTS = /%(?:24|26|2B|2C|2F|3A|3B|3D|3F|40)/g;

/**
 * @param {string} page Upstream path.
 * @param {string} anchor '' for the whole page.
 * @returns {string} The place's address relative to the docset's root. It holds no scheme, whatever the page is called.
 */
export function placeUrl(page, anchor) {
  const path = page.split('/').map(encodeSegment).join('/');
  return anchor ? `${path}#${encodeFragment(anchor)}` : path;
}

/** @param {string} name */
function encodeSegment(name) {
  return encodeURIComponent(name).replace(MARKS, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** @param {string} anchor */
function encodeFragment(anchor) {
  return encodeURIComponent(anchor).replace(FREE_IN_FRAGMENTS, decodeURIComponent);
}
