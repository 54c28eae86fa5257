/**
 * What the search box says of an answer.
 * @module
 */

import { isOutdated } from '../lib/newer-build.js';

/** @import { Answer } from './search-box.js' */

/** Milliseconds of quiet after which the number of results is announced. */
const QUIET = 900;

export class SearchWords {
  #note;
  #count;
  #quiet = 0;

  /**
   * @param {HTMLElement} note What everybody sees.
   * @param {HTMLElement} count What is read out.
   */
  constructor(note, count) {
    this.#note = note;
    this.#count = count;
  }

  /** @param {...(string | Node)} content */
  say(...content) {
    this.#note.removeAttribute('title');
    this.#note.replaceChildren(...content);
    this.#note.hidden = content.length === 0;
  }

  /** @param {string} reason For those who want to know more of what was said. */
  explain(reason) {
    this.#note.title = reason;
  }

  /**
   * Where something failed because a new build has taken the page's place, offer to go on with that.
   * @param {() => void} reload
   * @returns {Promise<boolean>} Whether it is so.
   */
  async offerReload(reload) {
    if (!(await isOutdated())) return false;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'ld-button';
    button.textContent = 'Reload';
    button.addEventListener('click', reload);
    this.say('A newer version of this site is here. ', button);
    this.announce('A newer version of this site is here.');
    return true;
  }

  /** @param {string} message */
  announce(message) {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => {
      this.#count.textContent = message;
    }, QUIET);
  }
}

/**
 * @param {string} text
 * @param {Answer} answer
 * @param {boolean} filtered Whether filters leave something out.
 * @returns {(string | Node)[]} A sentence on what the list shows, where that isn't plain.
 */
export function noteOn(text, { corrected, results }, filtered) {
  if (results.length > 0 && corrected) {
    return ['Nothing is called ', quote(text), '. Showing results for ', quote(corrected), '.'];
  }
  if (results.length === 0 && text) {
    return filtered ? ['The filters leave nothing of ', quote(text), '.'] : ['Nothing found for ', quote(text), '.'];
  }
  return [];
}

/**
 * @param {number} total
 * @param {string} corrected
 */
export function countText(total, corrected) {
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
