/**
 * When the pane beside the list shows what: its script is fetched when the first results have stood for a moment.
 * @module
 */

/** @import { Preview } from './preview.js' */
/** @import { Result } from './search-results.js' */

/** Milliseconds that the first results must stand before the pane is made. */
const PAUSE = 400;

/** Where there is room for a pane beside the list. */
const WIDE = matchMedia('(width >= 64rem)');

export class PreviewPane {
  #part;
  #onFail;
  #preview = /** @type {Promise<Preview> | null} */ (null);
  #waits = 0;

  /**
   * @param {HTMLElement} part
   * @param {() => void} onFail Called when its script can't be had.
   */
  constructor(part, onFail) {
    this.#part = part;
    this.#onFail = onFail;
  }

  /**
   * Show a result's section at once, or first what its row knows.
   * @param {Result | undefined} result
   * @param {URL} root The docset's address.
   * @param {boolean} chosen Whether the reader has chosen it.
   */
  show(result, root, chosen) {
    if (!result || !WIDE.matches) return;
    if (this.#preview) {
      const show = (/** @type {Preview} */ preview) => preview.show(result, new URL(result.url, root), chosen);
      void this.#preview.then(show, this.#onFail);
      return;
    }
    clearTimeout(this.#waits);
    this.#waits = setTimeout(() => {
      this.#preview = this.#open();
      this.show(result, root, chosen);
    }, PAUSE);
  }

  async #open() {
    const { Preview } = await import('./preview.js');
    return new Preview(this.#part);
  }
}
