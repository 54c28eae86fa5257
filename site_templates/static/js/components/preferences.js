/**
 * The reader's choices: theme, and whether `/` opens the search (WCAG 2.1.4 wants a switch for single keys).
 * @module
 */

import { recall, remember } from '../lib/storage.js';

export function bindPreferences() {
  const form = document.querySelector('form[data-preferences]');
  if (!(form instanceof HTMLFormElement)) return;
  showChoices(form);
  form.addEventListener('change', () => keepChoices(form));
  form.addEventListener('submit', (event) => event.preventDefault());
}

/** @returns {boolean} Whether a bare `/` opens the search. */
export function slashOpensSearch() {
  return recall('slash') !== 'off';
}

/** @param {HTMLFormElement} form */
function showChoices(form) {
  const theme = form.elements.namedItem('theme');
  const slash = form.elements.namedItem('slash');
  if (theme instanceof RadioNodeList) theme.value = document.documentElement.dataset.theme ?? 'system';
  if (slash instanceof HTMLInputElement) slash.checked = slashOpensSearch();
}

/** @param {HTMLFormElement} form */
function keepChoices(form) {
  const choices = new FormData(form);
  const theme = String(choices.get('theme') ?? 'system');
  remember('theme', theme);
  remember('slash', choices.has('slash') ? 'on' : 'off');
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
