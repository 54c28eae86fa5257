/**
 * The reader's choices, in a popover: theme, whether `/` opens the search (WCAG 2.1.4 wants a switch for single keys),
 * recent searches, and what is kept on the device.
 * @module
 */

import { OfflineChoice } from './offline-choice.js';
import { forgetSearches, remembersSearches } from '../lib/recent-searches.js';
import { recall, remember } from '../lib/storage.js';

/**
 * Put the settings into the page.
 * @param {URL} markup
 * @param {URL | null} docset The docset of this page.
 * @returns {Promise<HTMLFormElement>}
 */
export async function createSettings(markup, docset) {
  const reply = await fetch(markup);
  const page = new DOMParser().parseFromString(await reply.text(), 'text/html');
  const form = page.querySelector('form');
  if (!form) throw new Error(`${markup}: holds no settings.`);
  document.body.append(document.adoptNode(form));
  showChoices(form);
  form.addEventListener('change', () => keepChoices(form));
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('focusout', (event) => closeBehind(form, event));
  const forget = form.querySelector('[data-forget]');
  if (forget instanceof HTMLButtonElement) {
    forget.addEventListener('click', () => {
      forgetSearches();
      forget.textContent = 'Forgotten';
    });
  }
  const offline = form.querySelector('[data-offline]');
  if (docset && offline instanceof HTMLElement) void new OfflineChoice(offline, docset).show();
  return form;
}

/**
 * Close the settings where the focus leaves them, so that they cover nothing that has it; their button does so itself.
 * @param {HTMLFormElement} form
 * @param {FocusEvent} event
 */
function closeBehind(form, { relatedTarget }) {
  if (!(relatedTarget instanceof Element) || form.contains(relatedTarget)) return;
  if (!relatedTarget.closest('[data-settings]')) form.hidePopover();
}

/** @param {HTMLFormElement} form */
function showChoices(form) {
  const theme = form.elements.namedItem('theme');
  if (theme instanceof RadioNodeList) theme.value = document.documentElement.dataset.theme ?? 'system';
  checkbox(form, 'slash').checked = recall('slash') !== 'off';
  checkbox(form, 'recents').checked = remembersSearches();
}

/** @param {HTMLFormElement} form */
function keepChoices(form) {
  const choices = new FormData(form);
  const theme = String(choices.get('theme') ?? 'system');
  remember('theme', theme);
  remember('slash', choices.has('slash') ? 'on' : 'off');
  remember('recents', choices.has('recents') ? 'on' : 'off');
  if (!choices.has('recents')) forgetSearches();
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 */
function checkbox(form, name) {
  return /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
}
