/**
 * The search box: a combobox whose list follows the text key by key (WAI-ARIA 1.2, list autocomplete with manual
 * selection). Focus stays in the input; the options are the links.
 *
 * The list tells others how far it is: `data-query` is the text that its rows answer, `data-state` is `ready` when they
 * are final for that text.
 * @module
 */

import { Preview } from './preview.js';
import { createRow } from './search-results.js';

/** @import { Result } from './search-results.js' */

/**
 * What the box needs of the search engine.
 * @typedef {object} Search
 * @property {(text: string, options: {limit: number}) => Promise<Answer>} search
 * @property {() => unknown} preload
 *
 * @typedef {object} Answer
 * @property {string | null} corrected The text that was searched instead, where nothing matched what was typed.
 * @property {number} total
 * @property {readonly Result[]} results
 */

/**
 * @param {HTMLFormElement} form
 * @returns {URL} The address of the docset that a search form searches.
 */
export function docsetOf(form) {
  return new URL(form.dataset.docset ?? '.', document.baseURI);
}

const ROWS = 10;
const MORE_ROWS = 60;
const PAGE = 10;

/** Milliseconds of quiet after which the number of results is announced. */
const QUIET = 900;

/** Milliseconds after which a search that failed is tried again. */
const RETRY = 3000;

export class SearchBox {
  /** Called when a result on this same page is chosen. */
  onLeave = () => {};

  #form;
  #search;
  #input;
  #list;
  #panes;
  #note;
  #count;
  #more;
  #preview;
  #template;
  #root;
  #active = -1;
  #results = /** @type {readonly Result[]} */ ([]);
  #run = 0;
  #rows = ROWS;
  #followsAddress = false;
  #enterWaits = false;
  #correctedTo = /** @type {string | null} */ (null);
  #quiet = 0;
  #retry = 0;

  /**
   * @param {HTMLFormElement} form
   * @param {Search} search
   */
  constructor(form, search) {
    const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (form.querySelector(selector));
    this.#form = form;
    this.#search = search;
    this.#input = /** @type {HTMLInputElement} */ (find('[role=combobox]'));
    this.#list = find('[role=listbox]');
    this.#panes = find('[data-panes]');
    this.#note = find('[data-note]');
    this.#count = find('[data-count]');
    this.#more = find('[data-more]');
    this.#preview = new Preview(find('[data-preview]'));
    this.#template = /** @type {HTMLTemplateElement} */ (find('template[data-result]'));
    this.#root = docsetOf(form);
    this.#bind();
    if (this.#input.value) this.#update();
  }

  focus() {
    this.#input.focus();
    this.#input.select();
  }

  preload() {
    this.#search.preload();
  }

  /**
   * Search for `text` as if it had been typed.
   * @param {string} text
   */
  ask(text) {
    this.#input.value = text;
    this.#update();
  }

  /** Take the text from the page's address, and keep it there, so that a search can be shared and returned to. */
  followAddress() {
    this.#followsAddress = true;
    const asked = new URLSearchParams(location.search).get('q');
    if (asked && !this.#input.value) {
      this.#input.value = asked;
      void this.#show();
    }
    addEventListener('popstate', () => {
      this.#input.value = new URLSearchParams(location.search).get('q') ?? '';
      this.#setActive(-1);
      void this.#show();
    });
  }

  #bind() {
    this.#input.addEventListener('input', () => this.#update());
    this.#input.addEventListener('keydown', (event) => this.#onKey(event));
    this.#input.addEventListener('focus', () => this.preload(), { once: true });
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#enter();
    });
    this.#more.addEventListener('click', () => this.#showMore());
    this.#list.addEventListener('click', (event) => this.#leaveWithin(event));
    addEventListener('online', () => this.#retryNow());
    addEventListener('pagehide', () => this.#keepPlace());
  }

  /** Search for what the input holds now. */
  #update() {
    this.#rows = ROWS;
    this.#enterWaits = false;
    this.#setActive(-1);
    this.#showAddress();
    void this.#show();
  }

  async #show() {
    const run = ++this.#run;
    const text = this.#input.value;
    clearTimeout(this.#retry);
    if (!text.trim()) return this.#finish(text, { corrected: null, total: 0, results: [] });
    this.#list.dataset.state = 'loading';
    try {
      const answer = await this.#search.search(text, { limit: this.#rows });
      if (run === this.#run) this.#finish(text, answer);
    } catch (error) {
      if (run === this.#run) this.#fail(text, error);
    }
  }

  /**
   * Show the rows that answer `text`.
   * @param {string} text
   * @param {Answer} answer
   */
  #finish(text, { corrected, total, results }) {
    this.#correctedTo = corrected;
    this.#results = results;
    this.#list.replaceChildren(
      ...results.map((result, index) =>
        createRow(this.#template, result, { id: `ld-result-${index}`, root: this.#root }),
      ),
    );
    const found = results.length > 0;
    this.#panes.hidden = !found;
    this.#more.hidden = total <= results.length;
    this.#input.setAttribute('aria-expanded', String(found));
    this.#showNote(text, found);
    this.#announce(text.trim() ? countText(total, corrected) : '');
    this.#list.dataset.query = text;
    this.#list.dataset.state = 'ready';
    this.#restorePlace();
    this.#showPreview();
    if (this.#enterWaits) this.#enter();
  }

  /**
   * Say that the search can't answer, and try again; what was typed stays.
   * @param {string} text
   * @param {unknown} error
   */
  #fail(text, error) {
    this.#finish(text, { corrected: null, total: 0, results: [] });
    const reason = navigator.onLine ? 'A part of the search could not be loaded' : 'You are offline';
    this.#say(`${reason}. It is tried again by itself.`);
    this.#note.title = error instanceof Error ? error.message : String(error);
    this.#announce(`${reason}.`);
    this.#retry = setTimeout(() => this.#show(), RETRY);
  }

  #retryNow() {
    if (!this.#retry) return;
    this.#retry = 0;
    void this.#show();
  }

  /**
   * @param {string} text
   * @param {boolean} found
   */
  #showNote(text, found) {
    this.#note.removeAttribute('title');
    if (found && this.#correctedTo) this.#say('Nothing is called ', quote(text), '. Showing results for ', quote(this.#correctedTo), '.');
    else if (!found && text.trim()) this.#say('Nothing found for ', quote(text), '. Try fewer or other words, or a part of the name.');
    else this.#say();
  }

  /** @param {...(string | Node)} content */
  #say(...content) {
    this.#note.replaceChildren(...content);
    this.#note.hidden = content.length === 0;
  }

  /** @param {string} message */
  #announce(message) {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => {
      this.#count.textContent = message;
    }, QUIET);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    // An input method uses the same keys for its own list (229: Safari after a composition's end).
    if (event.isComposing || event.keyCode === 229) return;
    const handled = this.#handle(event);
    if (handled) event.preventDefault();
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean} Whether the key was for the list.
   */
  #handle(event) {
    const last = this.#list.childElementCount - 1;
    switch (event.key) {
      case 'ArrowDown':
        return this.#move(this.#active >= last ? 0 : this.#active + 1);
      case 'ArrowUp':
        return this.#move(this.#active <= 0 ? last : this.#active - 1);
      case 'PageDown':
        return this.#move(Math.min(this.#active + PAGE, last));
      case 'PageUp':
        return this.#move(Math.max(this.#active - PAGE, 0));
      case 'Enter':
        return (event.ctrlKey || event.metaKey || event.shiftKey) && this.#openBeside(event);
      case 'Escape':
        return this.#clear();
      default:
        return false;
    }
  }

  /** @param {number} index */
  #move(index) {
    if (this.#list.childElementCount === 0) return false;
    this.#setActive(index);
    this.#option()?.scrollIntoView({ block: 'nearest' });
    this.#showPreview();
    return true;
  }

  /** @param {number} index The option to mark, -1 for none. */
  #setActive(index) {
    this.#option()?.setAttribute('aria-selected', 'false');
    this.#active = index;
    const option = this.#option();
    option?.setAttribute('aria-selected', 'true');
    if (option) this.#input.setAttribute('aria-activedescendant', option.id);
    else this.#input.removeAttribute('aria-activedescendant');
  }

  /** The chosen result's section at once; of the first, while none is chosen, what its row knows (that costs nothing). */
  #showPreview() {
    const result = this.#results[Math.max(this.#active, 0)];
    if (!result) return;
    const address = new URL(result.url, this.#root);
    this.#preview.show(result, address, this.#active >= 0);
  }

  #option() {
    const option = this.#list.children[this.#active];
    return option instanceof HTMLAnchorElement ? option : null;
  }

  /** Open the chosen result, or the first; but a guess at what was meant is first shown, never opened at once. */
  #enter() {
    const settled = this.#list.dataset.state === 'ready' && this.#list.dataset.query === this.#input.value;
    this.#enterWaits = !settled;
    if (!settled) return;
    if (this.#active < 0 && this.#correctedTo) this.#move(0);
    else if (this.#active < 0) this.#move(0) && this.#option()?.click();
    else this.#option()?.click();
  }

  /** @param {KeyboardEvent} event */
  #openBeside({ ctrlKey, metaKey, shiftKey }) {
    const option = this.#option() ?? this.#list.firstElementChild;
    return option?.dispatchEvent(new MouseEvent('click', { ctrlKey, metaKey, shiftKey, bubbles: true, cancelable: true })) ?? false;
  }

  /** @param {MouseEvent} event */
  #leaveWithin({ target, ctrlKey, metaKey, shiftKey }) {
    const link = target instanceof Element ? target.closest('a') : null;
    if (!link || ctrlKey || metaKey || shiftKey) return;
    if (link.pathname === location.pathname) this.onLeave();
  }

  #clear() {
    if (!this.#input.value) return false;
    this.#input.value = '';
    this.#update();
    return true;
  }

  #showMore() {
    this.#rows = MORE_ROWS;
    this.#input.focus();
    void this.#show();
  }

  #showAddress() {
    if (!this.#followsAddress) return;
    const address = new URL(location.href);
    if (this.#input.value.trim()) address.searchParams.set('q', this.#input.value);
    else address.searchParams.delete('q');
    history.replaceState(null, '', address);
  }

  /** Keep which result was chosen with this entry of the browser's history, for the way back. */
  #keepPlace() {
    if (this.#followsAddress && this.#active >= 0) history.replaceState({ active: this.#active }, '');
  }

  #restorePlace() {
    const active = this.#followsAddress ? history.state?.active : undefined;
    if (typeof active === 'number' && active < this.#list.childElementCount) this.#setActive(active);
  }
}

/**
 * @param {number} total
 * @param {string | null} corrected
 */
function countText(total, corrected) {
  if (total === 0) return 'Nothing found.';
  const count = total === 1 ? '1 result' : `${total} results`;
  return corrected ? `${count} for ${corrected}.` : `${count}.`;
}

/** @param {string} text */
function quote(text) {
  const quoted = document.createElement('b');
  quoted.textContent = text.trim();
  return quoted;
}
