/**
 * The button that opens the settings; these are fetched when they are first asked for.
 * @module
 */

import { isOutdated } from '../lib/newer-build.js';

/**
 * @param {URL} markup
 * @param {URL | null} docset The docset of this page.
 */
export function bindSettings(markup, docset) {
  const button = document.querySelector('button[data-settings]');
  if (!(button instanceof HTMLButtonElement)) return;
  const open = async () => {
    button.removeEventListener('click', open);
    try {
      const { createSettings } = await import('./settings.js');
      button.popoverTargetElement = await createSettings(markup, docset);
      button.click();
    } catch {
      if (await isOutdated()) location.reload();
      button.addEventListener('click', open); // The line is down: the next click tries again.
    }
  };
  button.addEventListener('click', open);
}
