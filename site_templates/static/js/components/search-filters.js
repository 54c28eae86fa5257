/**
 * The filters of a search: docs, kind, module, each with what it would leave. They count what the search has found, so
 * they are asked to open before anything is counted.
 * @module
 */

import { counts, narrowed } from '../lib/facets.js';

/** @import { Faceted, Wanted } from '../lib/facets.js' */

/** How many of the best results are looked through. */
export const POOL = 150;

const ANY = { kind: 'Any', module: 'Any' };

export class SearchFilters {
  #button;
  #part;
  #drop;
  #pool;
  #selects;
  #wanted = /** @type {Wanted} */ ({ kind: '', module: '' });
  #docsets = docsetsOfSite();
  #onChange;

  /**
   * @param {HTMLFormElement} form
   * @param {(docset: string) => void} onChange Called after a choice, with the path of the docset chosen, '' for the same.
   */
  constructor(form, onChange) {
    const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (form.querySelector(selector));
    const select = (/** @type {string} */ by) => /** @type {HTMLSelectElement} */ (find(`[data-by=${by}]`));
    this.#button = find('[data-filter]');
    this.#part = find('[data-filters]');
    this.#drop = find('[data-drop]');
    this.#pool = find('[data-pool]');
    this.#pool.textContent = `Of the ${POOL} best results`;
    this.#selects = { docset: select('docset'), kind: select('kind'), module: select('module') };
    this.#onChange = onChange;
    this.#button.addEventListener('click', () => this.#toggle());
    this.#drop.addEventListener('click', () => this.drop());
    this.#part.addEventListener('change', (event) => this.#choose(event.target === this.#selects.docset));
    this.#part.addEventListener('input', (event) => event.stopPropagation());
    this.#listDocsets(new URL(form.dataset.docset ?? '.', document.baseURI).pathname);
  }

  get wanted() {
    return this.#wanted;
  }

  /** @param {Wanted} wanted */
  set wanted(wanted) {
    this.#wanted = wanted;
    if (this.active) this.#open(true);
  }

  /** @returns {boolean} Whether anything is left out. */
  get active() {
    return Boolean(this.#wanted.kind || this.#wanted.module);
  }

  /** @returns {boolean} Whether more must be found than is shown. */
  get counting() {
    return this.active || !this.#part.hidden;
  }

  /** @param {boolean} asked Whether there is a search to filter. */
  offer(asked) {
    this.#button.hidden = !asked && !this.active;
    this.#part.hidden = this.#button.hidden || this.#button.getAttribute('aria-expanded') === 'false';
  }

  /**
   * Count the results for each choice, and leave those that are wanted.
   * @template {Faceted} Result
   * @param {readonly Result[]} results
   * @returns {readonly Result[]}
   */
  apply(results) {
    if (!this.counting) return results;
    this.#fill('kind', results);
    this.#fill('module', results);
    this.#drop.hidden = !this.active;
    this.#pool.hidden = results.length < POOL;
    return narrowed(results, this.#wanted);
  }

  /** @param {string} path The docset that is searched now. */
  set docset(path) {
    this.#selects.docset.value = path;
  }

  /**
   * @param {string} place A docset's place in the site: `python/3.11/`.
   * @returns {string} Its path, '' where there is none.
   */
  docsetAt(place) {
    return this.#docsets.find(([, path]) => path.endsWith(`/${place}`))?.[1] ?? '';
  }

  /**
   * @param {string} current
   * @returns {(readonly [name: string, path: string])[]}
   */
  otherDocsets(current) {
    return this.#docsets.filter(([, path]) => path !== current);
  }

  drop() {
    this.#wanted = { kind: '', module: '' };
    this.#onChange('');
  }

  #toggle() {
    this.#open(this.#part.hidden);
    this.#onChange('');
  }

  /** @param {boolean} open */
  #open(open) {
    this.#part.hidden = !open;
    this.#button.setAttribute('aria-expanded', String(open));
  }

  /** @param {boolean} docset Whether other docs were chosen. */
  #choose(docset) {
    this.#wanted = { kind: this.#selects.kind.value, module: this.#selects.module.value };
    this.#onChange(docset ? this.#selects.docset.value : '');
  }

  /**
   * @param {'kind' | 'module'} facet
   * @param {readonly Faceted[]} results
   */
  #fill(facet, results) {
    const chosen = this.#wanted[facet];
    const found = counts(results, facet, this.#wanted);
    if (chosen && !found.some(([value]) => value === chosen)) found.unshift([chosen, 0]);
    const all = found.reduce((sum, [, count]) => sum + count, 0);
    const options = found.map(([value, count]) => new Option(`${value} (${count})`, value, false, value === chosen));
    this.#selects[facet].replaceChildren(new Option(`${ANY[facet]} (${all})`, ''), ...options);
    this.#selects[facet].value = chosen;
  }

  /** @param {string} current */
  #listDocsets(current) {
    const options = this.#docsets.map(([name, path]) => new Option(name, path, false, path === current));
    this.#selects.docset.replaceChildren(...options);
    /** @type {HTMLElement} */ (this.#selects.docset.parentElement).hidden = options.length < 2;
  }
}

/** @returns {(readonly [name: string, path: string])[]} The docsets that the page's header leads to. */
function docsetsOfSite() {
  return [...document.querySelectorAll('[data-docset-switch] a')].flatMap((link) =>
    link instanceof HTMLAnchorElement ? [/** @type {const} */ ([link.textContent ?? '', link.pathname])] : [],
  );
}
