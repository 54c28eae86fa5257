/**
 * The reader's last searches, newest first, kept on the device alone, and only where the reader lets them be.
 * @module
 */

import { recall, remember } from './storage.js';

const MOST = 8;

/** @returns {boolean} */
export function remembersSearches() {
  return recall('recents') !== 'off';
}

/** @returns {string[]} */
export function recentSearches() {
  try {
    const kept = JSON.parse(recall('recent') ?? '[]');
    return Array.isArray(kept) ? kept.filter((text) => typeof text === 'string').slice(0, MOST) : [];
  } catch {
    return []; // Somebody else's words under our name.
  }
}

/** @param {string} text A search that led somewhere. */
export function rememberSearch(text) {
  const asked = text.trim();
  if (!asked || !remembersSearches()) return;
  remember('recent', JSON.stringify([asked, ...recentSearches().filter((one) => one !== asked)].slice(0, MOST)));
}

export function forgetSearches() {
  remember('recent', '[]');
}
