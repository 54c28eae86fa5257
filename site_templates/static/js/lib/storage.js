/**
 * What the reader chose, kept on the device. Storage may be closed to a page; then choices last as long as the page.
 * @module
 */

/** @typedef {'theme' | 'slash' | 'recents' | 'recent'} Choice */

const SESSION = Symbol.for('livedocs.session');
const page = /** @type {{[SESSION]?: Map<Choice, string>}} A page may run this twice: in itself, and in a file that scripts share. */ (
  globalThis
);
const session = (page[SESSION] ??= new Map());

/**
 * @param {Choice} choice
 * @returns {string | null} What was chosen, null for nothing yet.
 */
export function recall(choice) {
  try {
    return localStorage.getItem(`livedocs.${choice}`);
  } catch {
    return session.get(choice) ?? null;
  }
}

/**
 * @param {Choice} choice
 * @param {string} value
 */
export function remember(choice, value) {
  session.set(choice, value);
  try {
    localStorage.setItem(`livedocs.${choice}`, value);
  } catch {
    // Full, or closed to this page: the choice holds until the page is left.
  }
}
