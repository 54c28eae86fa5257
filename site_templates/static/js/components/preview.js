/**
 * The pane beside the list that shows the chosen section. Its content comes from the site's own pages, which were
 * sanitised when they were built; it is out of the order of Tab, for the list's keys lead there.
 * @module
 */

/** @import { Result } from './search-results.js' */

/** How many pages are kept parsed. */
const KEPT = 12;

/** Milliseconds that a choice must last before its page is fetched, and that the keys must rest for an unchosen one. */
const PAUSE = 90;
const REST = 700;

/** Milliseconds after which the pane follows the list: who types fast does not look at it, and the list comes first. */
const SOON = 60;

export class Preview {
  #pane;
  #pages = /** @type {Map<string, Promise<Document>>} */ (new Map());
  #shown = '';
  #pause = 0;
  #soon = 0;

  /** @param {HTMLElement} pane */
  constructor(pane) {
    this.#pane = pane;
  }

  /**
   * @param {Result} result
   * @param {URL} address
   * @param {boolean} chosen Whether the reader chose it; else it is only the first.
   */
  show(result, address, chosen) {
    const key = address.href;
    if (key === this.#shown && !chosen) return;
    clearTimeout(this.#pause);
    clearTimeout(this.#soon);
    if (key !== this.#shown && !chosen) this.#soon = setTimeout(() => this.#fill(card(result)), SOON);
    this.#shown = key;
    this.#pause = setTimeout(() => this.#showSection(result, address, key), chosen ? PAUSE : REST);
  }

  /**
   * @param {Result} result
   * @param {URL} address
   * @param {string} key
   */
  async #showSection(result, address, key) {
    let content = /** @type {Node} */ (card(result));
    try {
      const page = await this.#fetch(address);
      await Promise.all(missingStyles(page, address).map(loaded));
      content = excerpt(page, address) ?? content;
    } catch {
      // The line is down or the page is gone: what the result says stands in for it.
    }
    if (key === this.#shown) this.#fill(content);
  }

  /** @param {Node} content */
  #fill(content) {
    this.#pane.replaceChildren(content);
    this.#pane.scrollTop = 0;
  }

  /** @param {URL} address */
  #fetch({ origin, pathname }) {
    const page = origin + pathname;
    const kept = this.#pages.get(page) ?? fetchPage(page);
    this.#pages.delete(page);
    this.#pages.set(page, kept);
    kept.catch(() => this.#pages.delete(page));
    for (const oldest of this.#pages.keys()) if (this.#pages.size > KEPT) this.#pages.delete(oldest);
    return kept;
  }
}

/** @param {string} page */
async function fetchPage(page) {
  const reply = await fetch(page);
  if (!reply.ok) throw new Error(`${page}: ${reply.status}`);
  return new DOMParser().parseFromString(await reply.text(), 'text/html');
}

/**
 * @param {Document} page
 * @param {URL} address
 * @returns {string[]} The style sheets that the page has and this document has not.
 */
function missingStyles(page, address) {
  const sheets = (/** @type {Document} */ one) => [...one.querySelectorAll('link[rel=stylesheet]')];
  const hrefs = (/** @type {Document} */ one, /** @type {string | URL} */ base) =>
    sheets(one).map((link) => new URL(link.getAttribute('href') ?? '', base).href);
  const here = hrefs(document, document.baseURI);
  return hrefs(page, address).filter((href) => !here.includes(href));
}

/**
 * @param {string} href Of a style sheet.
 * @returns {Promise<unknown>} When it is there.
 */
function loaded(href) {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = href;
  document.head.append(link);
  return new Promise((resolve, reject) => {
    link.addEventListener('load', resolve);
    link.addEventListener('error', reject);
  });
}

/** @param {Result} result */
function card({ title, kind, signature, summary, trail }) {
  const made = document.createDocumentFragment();
  for (const [className, text] of [
    ['ld-preview-trail', trail],
    ['ld-preview-title', title],
    ['ld-preview-kind', kind],
    ['ld-preview-signature', signature],
    ['ld-preview-summary', summary],
  ]) {
    if (!text) continue;
    const line = document.createElement('p');
    line.className = className;
    line.textContent = text;
    made.append(line);
  }
  return made;
}

/**
 * Cut out what an address points to: a description with its signatures, or a section without those inside it.
 * @param {Document} page
 * @param {URL} address
 * @returns {Node | null}
 */
function excerpt(page, address) {
  const body = page.querySelector('.ld-body');
  const anchor = decodeURIComponent(address.hash.slice(1));
  const target = anchor ? page.getElementById(anchor) : body?.firstElementChild;
  if (!body || !target || !body.contains(target)) return null;
  const made = document.createElement('div');
  made.className = 'ld-body';
  const description = target.closest('dt');
  made.append(description ? describedObject(description) : ownPart(target.closest('section, .section') ?? body));
  settle(made, address);
  return made;
}

/** @param {HTMLElement} term */
function describedObject(term) {
  const list = /** @type {HTMLElement} */ (term.parentElement?.cloneNode(false));
  let first = /** @type {Element} */ (term);
  while (first.previousElementSibling?.localName === 'dt') first = first.previousElementSibling;
  for (let part = /** @type {Element | null} */ (first); part; part = part.nextElementSibling) {
    list.append(part.cloneNode(true));
    if (part.localName === 'dd') break;
  }
  return list;
}

/** @param {Element} section */
function ownPart(section) {
  const made = section.cloneNode(true);
  if (made instanceof Element) for (const inner of made.querySelectorAll('section, .section')) inner.remove();
  return made;
}

/**
 * Make a piece of one page fit another: full addresses, no ids, nothing to tab to, no pictures that load before that.
 * @param {HTMLElement} piece
 * @param {URL} address
 */
function settle(piece, address) {
  piece.removeAttribute('id');
  for (const part of piece.querySelectorAll('[id], a, img')) {
    part.removeAttribute('id');
    if (part instanceof HTMLAnchorElement) {
      part.href = new URL(part.getAttribute('href') ?? '', address).href;
      part.tabIndex = -1;
    } else if (part instanceof HTMLImageElement) {
      part.src = new URL(part.getAttribute('src') ?? '', address).href;
    }
  }
}
