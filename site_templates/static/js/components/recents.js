/**
 * The reader's last searches, below an empty box.
 * @module
 */

import { forgetSearches, recentSearches } from '../lib/recent-searches.js';

/**
 * @param {HTMLElement} part
 * @param {boolean} wanted
 * @param {(text: string) => void} ask
 */
export function showRecents(part, wanted, ask) {
  const texts = wanted ? recentSearches() : [];
  part.hidden = texts.length === 0;
  if (part.hidden) return;
  const forget = button('Forget', 'ld-recents-forget', () => {
    forgetSearches();
    part.hidden = true;
  });
  part.replaceChildren(...texts.map((text) => button(text, 'ld-recent', () => ask(text))), forget);
}

/**
 * @param {string} text
 * @param {string} className
 * @param {() => void} act
 */
function button(text, className, act) {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = className;
  made.textContent = text;
  made.addEventListener('click', act);
  return made;
}
