/**
 * The list of a combobox: its rows, and which of them is chosen. The focus stays in the input, which names the chosen
 * row (WAI-ARIA 1.2, `aria-activedescendant`).
 *
 * `data-query` is the text that the rows answer, `data-state` is `ready` when they are final for that text.
 * @module
 */

import { createRow } from './search-results.js';

/** @import { Result } from './search-results.js' */

/** Rows that Page Up and Page Down pass. */
const PAGE = 10;

export class OptionList {
  #list;
  #input;
  #template;
  #root;
  #active = -1;

  /**
   * @param {HTMLElement} list
   * @param {HTMLInputElement} input
   * @param {HTMLTemplateElement} template Of a row.
   * @param {URL} root The docset's address.
   */
  constructor(list, input, template, root) {
    this.#list = list;
    this.#input = input;
    this.#template = template;
    this.#root = root;
  }

  /** @returns {number} The chosen row, -1 for none. */
  get active() {
    return this.#active;
  }

  get count() {
    return this.#list.childElementCount;
  }

  /** @returns {HTMLAnchorElement | null} The chosen row's link. */
  get option() {
    const option = this.#list.children[this.#active];
    return option instanceof HTMLAnchorElement ? option : null;
  }

  /** @returns {Element | null} */
  get first() {
    return this.#list.firstElementChild;
  }

  /** Say that the rows don't answer what the input holds now. */
  wait() {
    this.#list.dataset.state = 'loading';
  }

  /**
   * @param {string} text
   * @param {readonly Result[]} results
   */
  show(text, results) {
    const rows = results.map((result, index) =>
      createRow(this.#template, result, { id: `ld--result-${index}`, root: this.#root }),
    );
    this.#list.replaceChildren(...rows);
    this.#input.setAttribute('aria-expanded', String(rows.length > 0));
    this.#list.dataset.query = text;
    this.#list.dataset.state = 'ready';
  }

  /** @returns {boolean} Whether the rows are final for what the input holds now. */
  get settled() {
    return this.#list.dataset.state === 'ready' && this.#list.dataset.query === this.#input.value;
  }

  /** @param {number} index The row to choose, -1 for none. */
  choose(index) {
    this.option?.setAttribute('aria-selected', 'false');
    this.#active = index;
    const { option } = this;
    option?.setAttribute('aria-selected', 'true');
    if (option) this.#input.setAttribute('aria-activedescendant', option.id);
    else this.#input.removeAttribute('aria-activedescendant');
  }

  /**
   * Choose the row that a key leads to; Home and End are left to the text.
   * @param {string} key
   * @returns {boolean} Whether the key leads to a row.
   */
  follow(key) {
    const last = this.count - 1;
    const rows = new Map([
      ['ArrowDown', this.#active >= last ? 0 : this.#active + 1],
      ['ArrowUp', this.#active <= 0 ? last : this.#active - 1],
      ['PageDown', Math.min(this.#active + PAGE, last)],
      ['PageUp', Math.max(this.#active - PAGE, 0)],
    ]);
    const row = rows.get(key);
    if (row === undefined || last < 0) return false;
    this.choose(row);
    this.option?.scrollIntoView({ block: 'nearest' });
    return true;
  }
}
