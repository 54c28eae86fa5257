/** The page's side of search: asks the worker, or searches itself where there is none. */

import { createEngine } from './engine.js';

/**
 * @typedef {import('./engine.js').Answer} Answer
 * @typedef {import('./messages.js').Reply} Reply
 * @typedef {import('./messages.js').Request} Request
 *
 * @typedef {object} Search
 * @property {(text: string, options?: {limit?: number}) => Promise<Answer>} search rejects with `Stale` when a newer search was asked before this one was answered, and with an error in words when the index can't be read
 * @property {() => void} preload fetches what every search needs, ahead of the first key
 *
 * @typedef {object} Waiting
 * @property {number} id
 * @property {string} text
 * @property {number} limit
 * @property {(answer: Answer) => void} resolve
 * @property {(error: Error) => void} reject
 */

/** A newer search has been asked. */
export class Stale extends Error {
  name = 'Stale';
}

/**
 * @param {{base: string, workerUrl?: string | URL, worker?: () => Worker}} options `base` is the address of the index
 *   with a slash at its end; without a worker's address the search runs on the page
 * @returns {Search}
 */
export function createSearch({ base, workerUrl, worker: make }) {
  const address = new URL(base, document.baseURI).href;
  const engine = createEngine({ base: address });
  /** @type {Waiting | null} */
  let waiting = null;
  let count = 0;
  let worker = open(make ?? (workerUrl ? () => new Worker(workerUrl, { type: 'module' }) : null), address);

  /** @param {Waiting} asked */
  const ask = (asked) => {
    if (worker) {
      send(worker, { type: 'search', id: asked.id, text: asked.text, limit: asked.limit });
      return;
    }
    engine.search(asked.text, { limit: asked.limit }).then(
      (answer) => settle(asked.id, (one) => one.resolve(answer)),
      (error) => settle(asked.id, (one) => one.reject(error)),
    );
  };

  /** @type {(id: number, how: (one: Waiting) => void) => void} */
  const settle = (id, how) => {
    if (waiting?.id !== id) return;
    const one = waiting;
    waiting = null;
    how(one);
  };

  worker?.addEventListener('message', (/** @type {MessageEvent<Reply>} */ { data }) => {
    if (data.type === 'answer') settle(data.id, (one) => one.resolve(data.answer));
    else settle(data.id, (one) => one.reject(new Error(data.message)));
  });
  worker?.addEventListener('error', (event) => {
    event.preventDefault();
    worker?.terminate();
    worker = null;
    if (waiting) ask(waiting);
  });

  return {
    search(text, { limit = 10 } = {}) {
      waiting?.reject(new Stale('a newer search was asked'));
      return new Promise((resolve, reject) => {
        waiting = { id: ++count, text, limit, resolve, reject };
        ask(waiting);
      });
    },
    preload() {
      if (worker) send(worker, { type: 'preload' });
      else engine.preload().catch(() => {}); // The first search says what is wrong.
    },
  };
}

/**
 * @param {(() => Worker) | null} make
 * @param {string} base
 * @returns {Worker | null}
 */
function open(make, base) {
  try {
    const worker = make?.() ?? null;
    if (worker) send(worker, { type: 'open', base });
    return worker;
  } catch {
    return null; // No workers here, or not from this address: search on the page.
  }
}

/**
 * @param {Worker} worker
 * @param {Request} request
 */
function send(worker, request) {
  worker.postMessage(request);
}
