/**
 * Ways on from a search that found nothing: parts of its text that find something, other docs, how to search.
 * @module
 */

/** @import { Search } from './search-box.js' */

/**
 * @typedef {{label: string, take: () => void}} Way
 */

/** How many parts of the text are tried by themselves. */
const PARTS = 4;

export class NothingFound {
  #part;
  #ways;
  #input;
  #ask;
  #run = 0;

  /**
   * @param {HTMLElement} part
   * @param {HTMLElement} input Where the focus is to stay.
   * @param {(text: string) => void} ask
   */
  constructor(part, input, ask) {
    this.#part = part;
    this.#ways = /** @type {HTMLElement} */ (part.querySelector('[data-ways]'));
    this.#input = input;
    this.#ask = ask;
  }

  hide() {
    this.#run++;
    this.#part.hidden = true;
  }

  /**
   * @param {string} text What found nothing, '' where no other text may help.
   * @param {Search} search
   * @param {URL} root The docset's address.
   * @param {readonly Way[]} ways
   */
  async show(text, search, root, ways) {
    const run = ++this.#run;
    const index = this.#part.querySelector('[data-a-to-z]');
    if (index instanceof HTMLAnchorElement) index.href = new URL('genindex.html', root).href;
    this.#ways.replaceChildren(...ways.map((way) => this.#row(way)));
    this.#part.hidden = false;
    const parts = await partsThatAreFound(text, search).catch(() => []); // Overtaken by the next key, or offline.
    if (run !== this.#run) return;
    this.#ways.prepend(...parts.map((part) => this.#row({ label: `Search for ${part}`, take: () => this.#ask(part) })));
  }

  /** @param {Way} way */
  #row({ label, take }) {
    const line = document.createElement('li');
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'ld-button';
    button.textContent = label;
    button.addEventListener('click', () => {
      this.#input.focus();
      take();
    });
    line.append(button);
    return line;
  }
}

/**
 * Find what of a text is found by itself, longest part first.
 * @param {string} text
 * @param {Search} search
 * @returns {Promise<string[]>}
 */
async function partsThatAreFound(text, search) {
  const words = [...new Set(text.split(/[\s._]+/))].filter((word) => word.length > 1 && word !== text.trim());
  const found = [];
  for (const word of words.sort((one, other) => other.length - one.length).slice(0, PARTS)) {
    const { results, corrected } = await search.search(word, { limit: 1 });
    if (results.length) found.push(corrected || word);
  }
  return [...new Set(found)];
}
