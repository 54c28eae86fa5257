/**
 * The search box: a combobox whose list follows the text key by key (WAI-ARIA 1.2, list autocomplete with manual
 * selection).
 * @module
 */

import { NothingFound } from './nothing-found.js';
import { OptionList } from './option-list.js';
import { PreviewPane } from './preview-pane.js';
import { showRecents } from './recents.js';
import { askedInAddress, keepPlaceInHistory, placeInHistory, showInAddress } from './search-address.js';
import { POOL, SearchFilters } from './search-filters.js';
import { SearchWords, countText, noteOn } from './search-words.js';
import { rememberSearch } from '../lib/recent-searches.js';

/** @import { Result } from './search-results.js' */
/** @import { Way } from './nothing-found.js' */
/** @import { Place } from './search-address.js' */

/**
 * What the box needs of the search engine.
 * @typedef {object} Search
 * @property {(text: string, options: {limit: number}) => Promise<Answer>} search
 * @property {() => unknown} preload
 *
 * @typedef {object} Answer
 * @property {string} corrected The text that was searched instead, '' where what was typed was searched.
 * @property {number} total
 * @property {number} [named] How many of them are called what was asked for.
 * @property {readonly Result[]} results
 */

const ROWS = 10;
const MORE_ROWS = 60;

/**
 * Milliseconds that the keys must rest before the address follows: that costs more than the search, and Safari refuses
 * it after a hundred times in half a minute.
 */
const REST = 250;

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
  #open;
  #home;
  #root;
  #search;
  #input;
  #list;
  #filters;
  #preview;
  #nothing;
  #words;
  #parts;
  #answer = NOTHING;
  #run = 0;
  #rows = ROWS;
  #followsAddress = false;
  #place = /** @type {Place | null} */ (null);
  #enterWaits = false;
  #retry = 0;
  #addressWaits = 0;

  /**
   * @param {HTMLFormElement} form
   * @param {(docset: URL) => Search} open
   */
  constructor(form, open) {
    const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (form.querySelector(selector));
    const template = /** @type {HTMLTemplateElement} */ (find('template[data-result]'));
    this.#form = form;
    this.#open = open;
    this.#root = this.#home = docsetOf(form);
    this.#search = open(this.#root);
    this.#input = /** @type {HTMLInputElement} */ (find('[role=combobox]'));
    this.#list = new OptionList(find('[role=listbox]'), this.#input, template, (label, folded) => this.#fold(label, folded));
    this.#preview = new PreviewPane(find('[data-preview]'), () => void this.#offerReload());
    this.#filters = new SearchFilters(form, (docset) => this.#narrow(docset));
    this.#nothing = new NothingFound(find('[data-nothing]'), this.#input, (text) => this.ask(text));
    this.#words = new SearchWords(find('[data-note]'), find('[data-count]'));
    this.#parts = {
      more: find('[data-more]'),
      panes: find('[data-panes]'),
      recents: find('[data-recents]'),
    };
    this.#bind();
    if (this.#input.value) this.#update();
    else this.#showRecents();
  }

  /** @returns {Search} The search of the docset that is searched now. */
  get search() {
    return this.#search;
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

  /** Take the search from the page's address, and keep it there, so that it can be shared and returned to. */
  followAddress() {
    this.#followsAddress = true;
    const take = () => {
      clearTimeout(this.#addressWaits);
      this.#addressWaits = 0;
      const { text, kind, module, docset } = askedInAddress();
      this.#place = placeInHistory();
      this.#rows = this.#place?.rows ?? ROWS;
      this.#input.value = text;
      this.#filters.wanted = { kind, module };
      this.#turnTo(docset ? this.#filters.docsetAt(docset) : '');
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
    this.#parts.more.addEventListener('click', () => this.#showMore());
    addEventListener('online', () => this.#retryNow());
    this.#input.addEventListener('blur', () => this.#settleAddress());
    addEventListener('pagehide', () => this.#keepPlace());
  }

  /** Search for what the input holds now. */
  #update() {
    this.#rows = ROWS;
    this.#place = null;
    this.#enterWaits = false;
    this.#list.choose(-1);
    clearTimeout(this.#addressWaits);
    this.#addressWaits = setTimeout(() => this.#settleAddress(), REST);
    void this.#show();
  }

  /**
   * Search under other filters, or in other docs.
   * @param {string} docset The path of other docs, '' for the same.
   */
  #narrow(docset) {
    this.#rows = ROWS;
    this.#list.choose(-1);
    if (docset) this.#turnTo(docset);
    this.#showAddress(true);
    void this.#show();
  }

  /** @param {string} docset The path of the docs to search, '' for the page's own. */
  #turnTo(docset) {
    const root = docset ? new URL(docset, location.href) : this.#home;
    if (root.href === this.#root.href) return;
    this.#root = root;
    this.#search = this.#open(root);
    this.#filters.docset = root.pathname;
  }

  async #show() {
    const run = ++this.#run;
    const text = this.#input.value;
    const asked = Boolean(text.trim());
    clearTimeout(this.#retry);
    this.#filters.offer(asked);
    this.#showRecents();
    if (!asked) return this.#finish(text, NOTHING);
    this.#list.wait();
    try {
      const answer = await this.#search.search(text, { limit: this.#filters.counting ? POOL : this.#rows });
      if (run === this.#run) this.#finish(text, this.#narrowed(answer));
    } catch (error) {
      if (run === this.#run) this.#fail(text, error);
    }
  }

  /**
   * @param {Answer} answer
   * @returns {Answer} What the filters leave of it, and the page has rows for.
   */
  #narrowed(answer) {
    const results = this.#filters.apply(answer.results);
    if (!this.#filters.counting) return answer;
    const left = this.#filters.active ? { total: results.length, named: undefined } : {};
    return { ...answer, ...left, results: results.slice(0, this.#rows) };
  }

  /**
   * Show the rows that answer `text`.
   * @param {string} text
   * @param {Answer} answer
   */
  #finish(text, answer) {
    const { corrected, total, results } = answer;
    this.#answer = answer;
    this.#parts.panes.hidden = results.length === 0;
    this.#parts.more.hidden = total <= results.length || this.#rows >= MORE_ROWS;
    this.#words.say(...noteOn(text.trim(), answer, this.#filters.active));
    this.#words.announce(text.trim() ? countText(total, corrected) : '');
    this.#list.show(text, answer, this.#root);
    if (results.length > 0 || !text.trim()) this.#nothing.hide();
    else void this.#nothing.show(this.#filters.active ? '' : text, this.#search, this.#root, this.#ways());
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
    this.#finish('', NOTHING);
    this.#list.show(text, NOTHING, this.#root);
    this.#words.say(`${reason}. It is tried again by itself.`);
    this.#words.announce(`${reason}.`);
    this.#words.explain(error instanceof Error ? error.message : String(error));
    this.#retry = setTimeout(() => this.#show(), RETRY);
    void this.#offerReload();
  }

  /** Where the page's build has been replaced, stop trying; what was typed goes along to the new one. */
  async #offerReload() {
    const text = new URLSearchParams({ q: this.#input.value });
    const again = this.#followsAddress ? location.pathname : new URL('search.html', this.#root).href;
    const offered = await this.#words.offerReload(() => location.assign(`${again}?${text}`));
    if (offered) clearTimeout(this.#retry);
  }

  #retryNow() {
    if (!this.#retry) return;
    this.#retry = 0;
    void this.#show();
  }

  /**
   * What may help where nothing was found: without the filters, or in other docs.
   * @returns {Way[]}
   */
  #ways() {
    const others = this.#filters.otherDocsets(this.#root.pathname);
    const ways = others.map(([name, path]) => ({ label: `In ${name}`, take: () => this.#narrow(path) }));
    if (this.#filters.active) ways.unshift({ label: 'Without the filters', take: () => this.#filters.drop() });
    return ways;
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
    if (!link) return;
    if (link.role === 'option') rememberSearch(this.#input.value);
    if (ctrlKey || metaKey || shiftKey) return;
    if (link.pathname === location.pathname) this.onLeave();
  }

  #clear() {
    if (!this.#input.value) return false;
    this.ask('');
    this.#input.scrollIntoView({ block: 'nearest' });
    return true;
  }

  /**
   * Names alike have been folded, which leaves room for other results, or opened.
   * @param {string} label
   * @param {boolean} folded
   */
  #fold(label, folded) {
    if (folded) this.#rows = POOL;
    this.#words.announce(`${label}: ${folded ? 'only the first is shown' : 'all are shown'}.`);
    void this.#show();
  }

  #showMore() {
    this.#rows = MORE_ROWS;
    this.#input.focus();
    void this.#show();
  }

  #showRecents() {
    showRecents(this.#parts.recents, !this.#input.value.trim(), (text) => {
      this.#input.focus();
      this.ask(text);
    });
  }

  /** The chosen result's section; of the first, while none is chosen. */
  #showPreview() {
    const { result } = this.#list;
    if (result !== null) this.#preview.show(this.#answer.results[Math.max(result, 0)], this.#root, result >= 0);
  }

  /** @param {boolean} step Whether the way back leads to what was asked before. */
  #showAddress(step) {
    if (!this.#followsAddress) return;
    const own = this.#root.href === this.#home.href;
    const docset = own ? '' : this.#root.pathname.split('/').slice(-3).join('/');
    showInAddress({ text: this.#input.value, ...this.#filters.wanted, docset }, step);
  }

  /** Bring what was typed last into the address, if it isn't there yet. */
  #settleAddress() {
    if (!this.#addressWaits) return;
    clearTimeout(this.#addressWaits);
    this.#addressWaits = 0;
    this.#showAddress(false);
  }

  /** Keep where the reader was with this entry of the browser's history, for the way back. */
  #keepPlace() {
    this.#settleAddress();
    if (!this.#followsAddress || !this.#input.value.trim()) return;
    keepPlaceInHistory({ active: this.#list.active, rows: this.#rows, scroll: scrollY });
  }

  #restorePlace() {
    const place = this.#place;
    this.#place = null;
    if (!place) return;
    if (place.active < this.#list.count) this.#list.choose(place.active);
    scrollTo({ top: place.scroll, behavior: 'instant' });
  }
}
