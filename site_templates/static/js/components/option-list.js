/**
 * The list of a combobox: its rows, and which of them is chosen. The focus stays in the input, which names the chosen
 * row (WAI-ARIA 1.2, `aria-activedescendant`).
 *
 * `data-query` is the text that the rows answer, `data-state` is `ready` when they are final for that text.
 * @module
 */

import { createRow } from './search-results.js';
import { homonyms } from '../lib/homonyms.js';

/** @import { Answer } from './search-box.js' */

/** Rows that Page Up and Page Down pass. */
const PAGE = 10;

export class OptionList {
  #list;
  #input;
  #template;
  #rows = /** @type {HTMLAnchorElement[]} */ ([]);
  #active = -1;

  /**
   * @param {HTMLElement} list
   * @param {HTMLInputElement} input
   * @param {HTMLTemplateElement} template Of a row.
   */
  constructor(list, input, template) {
    this.#list = list;
    this.#input = input;
    this.#template = template;
  }

  /** @returns {number} The chosen row, -1 for none. */
  get active() {
    return this.#active;
  }

  get count() {
    return this.#rows.length;
  }

  /** @returns {HTMLAnchorElement | null} The chosen row's link. */
  get option() {
    return this.#rows[this.#active] ?? null;
  }

  /** @returns {Element | null} */
  get first() {
    return this.#rows[0] ?? null;
  }

  /** Say that the rows don't answer what the input holds now. */
  wait() {
    this.#list.dataset.state = 'loading';
  }

  /**
   * @param {string} text
   * @param {Answer} answer
   * @param {URL} root The docset's address.
   */
  show(text, answer, root) {
    this.#rows = answer.results.map((result, index) =>
      createRow(this.#template, result, { id: `ld--result-${index}`, root }),
    );
    const same = homonyms(text, answer);
    const group = same && createGroup(same.label, this.#rows.slice(0, same.rows));
    this.#list.replaceChildren(...(group ? [group] : []), ...this.#rows.slice(same ? same.rows : 0));
    this.#input.setAttribute('aria-expanded', String(this.#rows.length > 0));
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

/**
 * @param {string} label
 * @param {readonly HTMLElement[]} rows
 */
function createGroup(label, rows) {
  const group = document.createElement('div');
  group.role = 'group';
  group.className = 'ld-result-group';
  group.ariaLabel = label;
  const name = document.createElement('p');
  name.className = 'ld-result-group-name';
  name.ariaHidden = 'true';
  name.textContent = label;
  group.append(name, ...rows);
  return group;
}
