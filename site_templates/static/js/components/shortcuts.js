/**
 * Ctrl/Cmd-K everywhere, and `/` where nothing is being typed, lead to the search.
 * @module
 */

import { recall } from '../lib/storage.js';

/** @param {() => void} openSearch */
export function bindShortcuts(openSearch) {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || !asksForSearch(event)) return;
    event.preventDefault();
    openSearch();
  });
}

/** @param {KeyboardEvent} event */
function asksForSearch(event) {
  const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
  if (key.toLowerCase() === 'k') return (ctrlKey || metaKey) && !altKey && !shiftKey;
  return key === '/' && !ctrlKey && !metaKey && !altKey && !isEditable(event.target) && recall('slash') !== 'off';
}

/** @param {EventTarget | null} target */
function isEditable(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
}
