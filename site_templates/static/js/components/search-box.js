/**
 * The search box: a combobox whose list follows the text key by key (WAI-ARIA 1.2, list autocomplete with manual
 * selection).
 * @module
 */

import { OptionList } from './option-list.js';
import { Preview } from './preview.js';

/** @import { Result } from './search-results.js' */

/**
 * What the box needs of the search engine.
 * @typedef {object} Search
 * @property {(text: string, options: {limit: number}) => Promise<Answer>} search
 * @property {() => unknown} preload
 *
 * @typedef {object} Answer
 * @property {string} corrected The text that was searched instead, '' where what was typed was searched.
 * @property {number} total
 * @property {readonly Result[]} results
 */

const ROWS = 10;
const MORE_ROWS = 60;

/** Milliseconds of quiet after which the number of results is announced. */
const QUIET = 900;

/** Milliseconds after which a search that failed is tried again. */
const RETRY = 3000;

/** @type {Answer} */
const NOTHING = { corrected: '', total: 0, results: [] };

/**
 * @param {HTMLFormElement} form
 * @returns {URL} The address of the docset that a search form searches.
 */
export function docsetOf(form) {
  return new URL(form.dataset.docset ?? '.', document.baseURI);
}

export class SearchBox {
  /** Called when a result on this same page is chosen. */
  onLeave = () => {};

  #form;
  #search;
  #root;
  #input;
  #list;
  #preview;
  #panes;
  #note;
  #count;
  #more;
  #answer = NOTHING;
  #run = 0;
  #rows = ROWS;
  #followsAddress = false;
  #enterWaits = false;
  #quiet = 0;
  #retry = 0;

  /**
   * @param {HTMLFormElement} form
   * @param {Search} search
   */
  constructor(form, search) {
    const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (form.querySelector(selector));
    const template = /** @type {HTMLTemplateElement} */ (find('template[data-result]'));
    this.#form = form;
    this.#search = search;
    this.#root = docsetOf(form);
    this.#input = /** @type {HTMLInputElement} */ (find('[role=combobox]'));
    this.#list = new OptionList(find('[role=listbox]'), this.#input, template, this.#root);
    this.#preview = new Preview(find('[data-preview]'));
    this.#panes = find('[data-panes]');
    this.#note = find('[data-note]');
    this.#count = find('[data-count]');
    this.#more = find('[data-more]');
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
    const take = () => {
      this.#input.value = new URLSearchParams(location.search).get('q') ?? '';
      this.#list.choose(-1);
      void this.#show();
    };
    if (!this.#input.value && location.search) take();
    addEventListener('popstate', take);
  }

  #bind() {
    this.#input.addEventListener('input', () => this.#update());
    this.#input.addEventListener('keydown', (event) => this.#onKey(event));
    this.#input.addEventListener('focus', () => this.preload(), { once: true });
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#enter();
    });
    this.#form.addEventListener('click', (event) => this.#leaveWithin(event));
    this.#more.addEventListener('click', () => this.#showMore());
    addEventListener('online', () => this.#retryNow());
    addEventListener('pagehide', () => this.#keepPlace());
  }

  /** Search for what the input holds now. */
  #update() {
    this.#rows = ROWS;
    this.#enterWaits = false;
    this.#list.choose(-1);
    this.#showAddress();
    void this.#show();
  }

  async #show() {
    const run = ++this.#run;
    const text = this.#input.value;
    clearTimeout(this.#retry);
    if (!text.trim()) return this.#finish(text, NOTHING);
    this.#list.wait();
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
  #finish(text, answer) {
    const { corrected, total, results } = answer;
    this.#answer = answer;
    this.#panes.hidden = results.length === 0;
    this.#more.hidden = total <= results.length;
    this.#note.removeAttribute('title');
    this.#say(...noteOn(text.trim(), answer));
    this.#announce(text.trim() ? countText(total, corrected) : '');
    this.#list.show(text, results);
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
    const reason = navigator.onLine ? 'A part of the search could not be loaded' : 'You are offline';
    this.#finish(text, NOTHING);
    this.#say(`${reason}. It is tried again by itself.`);
    this.#announce(`${reason}.`);
    this.#note.title = error instanceof Error ? error.message : String(error);
    this.#retry = setTimeout(() => this.#show(), RETRY);
  }

  #retryNow() {
    if (!this.#retry) return;
    this.#retry = 0;
    void this.#show();
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
    if (this.#takesKey(event)) event.preventDefault();
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean} Whether the key was for the box, not for the text.
   */
  #takesKey(event) {
    if (event.key === 'Escape') return this.#clear();
    if (event.key === 'Enter') return (event.ctrlKey || event.metaKey || event.shiftKey) && this.#openBeside(event);
    if (!this.#list.follow(event.key)) return false;
    this.#showPreview();
    return true;
  }

  /** Open the chosen result, or the first; but a guess at what was meant is first shown, never opened at once. */
  #enter() {
    this.#enterWaits = !this.#list.settled;
    if (this.#enterWaits) return;
    const chosen = this.#list.active >= 0 || (this.#list.follow('ArrowDown') && !this.#answer.corrected);
    this.#showPreview();
    if (chosen) this.#list.option?.click();
  }

  /** @param {KeyboardEvent} event */
  #openBeside({ ctrlKey, metaKey, shiftKey }) {
    const option = this.#list.option ?? this.#list.first;
    const click = new MouseEvent('click', { ctrlKey, metaKey, shiftKey, bubbles: true, cancelable: true });
    return option?.dispatchEvent(click) ?? false;
  }

  /** @param {MouseEvent} event */
  #leaveWithin({ target, ctrlKey, metaKey, shiftKey }) {
    const link = target instanceof Element ? target.closest('a') : null;
    if (!link || ctrlKey || metaKey || shiftKey) return;
    if (link.pathname === location.pathname) this.onLeave();
  }

  #clear() {
    if (!this.#input.value) return false;
    this.ask('');
    return true;
  }

  #showMore() {
    this.#rows = MORE_ROWS;
    this.#input.focus();
    void this.#show();
  }

  /** The chosen result's section at once; of the first, while none is chosen, first what its row knows. */
  #showPreview() {
    const result = this.#answer.results[Math.max(this.#list.active, 0)];
    if (result) this.#preview.show(result, new URL(result.url, this.#root), this.#list.active >= 0);
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
    if (this.#followsAddress && this.#list.active >= 0) history.replaceState({ active: this.#list.active }, '');
  }

  #restorePlace() {
    const active = this.#followsAddress ? history.state?.active : undefined;
    if (typeof active === 'number' && active < this.#list.count) this.#list.choose(active);
  }
}

/**
 * @param {string} text
 * @param {Answer} answer
 * @returns {(string | Node)[]} A sentence on what the list shows, where that isn't plain.
 */
function noteOn(text, { corrected, results }) {
  if (results.length > 0 && corrected) {
    return ['Nothing is called ', quote(text), '. Showing results for ', quote(corrected), '.'];
  }
  if (results.length === 0 && text) {
    return ['Nothing found for ', quote(text), '. Try fewer or other words, or a part of the name.'];
  }
  return [];
}

/**
 * @param {number} total
 * @param {string} corrected
 */
function countText(total, corrected) {
  if (total === 0) return 'Nothing found.';
  const count = total === 1 ? '1 result' : `${total} results`;
  return corrected ? `${count} for ${corrected}.` : `${count}.`;
}

/** @param {string} text */
function quote(text) {
  const quoted = document.createElement('b');
  quoted.textContent = text;
  return quoted;
}
