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

/** @typedef {(label: string, folded: boolean) => void} OnFold Called when names alike were folded or opened. */

export class OptionList {
  #list;
  #input;
  #template;
  #onFold;
  #rows = /** @type {HTMLElement[]} */ ([]);
  #options = /** @type {HTMLElement[]} */ ([]);
  #fold = /** @type {HTMLElement | null} */ (null);
  #folded = '';
  #active = -1;

  /**
   * @param {HTMLElement} list
   * @param {HTMLInputElement} input
   * @param {HTMLTemplateElement} template Of a row.
   * @param {OnFold} onFold
   */
  constructor(list, input, template, onFold) {
    this.#list = list;
    this.#input = input;
    this.#template = template;
    this.#onFold = onFold;
  }

  /** @returns {number} The chosen option, -1 for none. */
  get active() {
    return this.#active;
  }

  get count() {
    return this.#options.length;
  }

  /** @returns {HTMLElement | null} The chosen option. */
  get option() {
    return this.#options[this.#active] ?? null;
  }

  /** @returns {number | null} Which result the chosen option leads to: -1 while none is chosen, null where it leads to none. */
  get result() {
    if (!this.option) return -1;
    return this.option === this.#fold ? null : this.#rows.indexOf(this.option);
  }

  /** @returns {Element | null} */
  get first() {
    return this.#options[0] ?? null;
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
    const alike = this.#rows.slice(0, same?.rows ?? 0);
    const others = this.#rows.slice(alike.length);
    const wasFold = this.option !== null && this.option === this.#fold;
    if (!same || nameIn(same.label) !== this.#folded) this.#folded = '';
    this.#fold = same && this.#createFold(same.label);
    const shown = this.#folded ? alike.slice(0, 1) : alike;
    this.#options = [...shown, ...(this.#fold ? [this.#fold] : []), ...others];
    this.#list.replaceChildren(...(same && this.#fold ? [createGroup(same.label, [...shown, this.#fold])] : []), ...others);
    if (this.#active >= 0) this.choose(wasFold && this.#fold ? shown.length : Math.min(this.#active, this.count - 1));
    if (wasFold) this.option?.scrollIntoView({ block: 'nearest' });
    this.#input.setAttribute('aria-expanded', String(this.#rows.length > 0));
    this.#list.dataset.query = text;
    this.#list.dataset.state = 'ready';
  }

  /**
   * @param {string} label Of the names that are alike.
   * @returns {HTMLElement} The option that leaves only the first of them, or shows all again.
   */
  #createFold(label) {
    const folded = this.#folded !== '';
    const fold = document.createElement('div');
    fold.id = 'ld--result-fold';
    fold.role = 'option';
    fold.ariaSelected = 'false';
    fold.className = 'ld-result-fold';
    fold.textContent = folded ? `Show all ${label}` : `Show only the first of ${label}`;
    fold.addEventListener('click', () => {
      this.#folded = folded ? '' : nameIn(label);
      this.choose(this.#options.indexOf(fold));
      this.#onFold(label, !folded);
    });
    return fold;
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
 * @param {string} label `58 named close`; how many there are may be known better later.
 * @returns {string} The name.
 */
function nameIn(label) {
  return label.slice(label.lastIndexOf(' ') + 1);
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
