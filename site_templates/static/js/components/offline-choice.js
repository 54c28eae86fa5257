/**
 * "Keep this docset on this device": its size before, its progress, and a way to remove it.
 * @module
 */

import { siteRoot } from '../lib/device.js';
import { KeptDocset } from '../lib/kept-docset.js';

/** @import { Listing } from '../lib/kept-docset.js' */

export class OfflineChoice {
  #part;
  #state;
  #progress;
  #button;
  #docset;
  #stop = new AbortController();
  #act = () => {};

  /**
   * @param {HTMLElement} part
   * @param {URL} docset
   */
  constructor(part, docset) {
    const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (part.querySelector(selector));
    const root = siteRoot();
    this.#part = part;
    this.#state = find('[data-offline-state]');
    this.#progress = /** @type {HTMLProgressElement} */ (find('[data-offline-progress]'));
    this.#button = find('[data-offline-act]');
    this.#docset = root && new KeptDocset(root, docset);
    this.#button.addEventListener('click', () => this.#act());
  }

  /** Show what is kept of this page's docset, and what can be. */
  async show() {
    const docset = this.#docset;
    if (!docset) return;
    this.#part.hidden = false;
    const kept = await docset.kept();
    if (kept) return this.#offerRemoval(docset, kept);
    try {
      this.#offer(docset, await docset.listing());
    } catch {
      this.#say('What can be kept is told when there is a connection.', '', () => {});
    }
  }

  /**
   * @param {KeptDocset} docset
   * @param {Listing} listing
   */
  #offer(docset, listing) {
    const text = `What you read stays here by itself. All of ${listing.name} takes ${size(listing.bytes)}.`;
    this.#say(text, `Keep ${listing.name} on this device`, () => void this.#keep(docset, listing));
  }

  /**
   * @param {KeptDocset} docset
   * @param {Listing} listing
   */
  #offerRemoval(docset, listing) {
    this.#say(`${listing.name} is on this device (${size(listing.bytes)}).`, 'Remove it', async () => {
      await docset.remove();
      await this.show();
    });
  }

  /**
   * @param {KeptDocset} docset
   * @param {Listing} listing
   */
  async #keep(docset, listing) {
    this.#stop = new AbortController();
    this.#say(`Keeping ${listing.name} …`, 'Stop', () => this.#stop.abort());
    this.#progress.hidden = false;
    try {
      await docset.keep(listing, (done, total) => (this.#progress.value = done / total), this.#stop.signal);
      void navigator.storage?.persist?.();
      this.#offerRemoval(docset, listing);
    } catch (error) {
      const why = this.#stop.signal.aborted ? 'Stopped.' : reason(error, listing.bytes);
      this.#say(`${why} What came so far stays.`, 'Go on', () => void this.#keep(docset, listing));
    }
    this.#progress.hidden = true;
  }

  /**
   * @param {string} text
   * @param {string} label Of the button; '' for none.
   * @param {() => void} act
   */
  #say(text, label, act) {
    this.#state.textContent = text;
    this.#button.textContent = label;
    this.#button.hidden = !label;
    this.#act = act;
  }
}

/**
 * @param {unknown} error
 * @param {number} bytes
 */
function reason(error, bytes) {
  const full = error instanceof DOMException && error.name === 'QuotaExceededError';
  return full ? `This device has no room for ${size(bytes)}.` : 'The connection was lost.';
}

/** @param {number} bytes */
function size(bytes) {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${Math.ceil(bytes / 1e6)} MB`;
}
