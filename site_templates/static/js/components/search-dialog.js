/**
 * The search box in a dialog, for every page that has no box of its own.
 * @module
 */

/** @import { SearchBox } from './search-box.js' */

export class SearchDialog {
  #dialog;
  #box;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {SearchBox} box The box inside it.
   * @param {HTMLElement | null} opener The link that leads to the search page where scripts don't run.
   */
  constructor(dialog, box, opener) {
    this.#dialog = dialog;
    this.#box = box;
    box.onLeave = () => dialog.close();
    dialog.addEventListener('click', (event) => this.#closeFromOutside(event));
    dialog.querySelector('[data-search-close]')?.addEventListener('click', () => dialog.close());
    if (opener) this.#bindOpener(opener);
  }

  open() {
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#box.focus();
    this.#box.preload();
  }

  /** @param {HTMLElement} opener */
  #bindOpener(opener) {
    opener.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.open();
    });
    opener.addEventListener('pointerenter', () => this.#box.preload(), { once: true });
    opener.addEventListener('focus', () => this.#box.preload(), { once: true });
  }

  /** @param {MouseEvent} event */
  #closeFromOutside(event) {
    const { left, right, top, bottom } = this.#dialog.getBoundingClientRect();
    const { clientX: x, clientY: y } = event;
    const inside = x >= left && x <= right && y >= top && y <= bottom;
    if (event.target === this.#dialog && !inside) this.#dialog.close();
  }
}
