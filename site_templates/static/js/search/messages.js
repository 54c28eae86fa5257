/**
 * What a page and its search worker say to each other, and how the worker answers.
 *
 * page to worker:
 * @typedef {{type: 'open', base: string}} Open says where the index is; always the first message
 * @typedef {{type: 'preload'}} Preload asks to fetch what every search needs
 * @typedef {{type: 'search', id: number, text: string, limit: number}} Search asks
 * @typedef {Open | Preload | Search} Request
 *
 * worker to page:
 * @typedef {{type: 'answer', id: number, answer: import('./engine.js').Answer}} Answered
 * @typedef {{type: 'failure', id: number, message: string}} Failed
 * @typedef {Answered | Failed} Reply
 */

import { createEngine } from './engine.js';

/**
 * Return a handler of requests. A search that a newer one has overtaken is left unanswered once it is stale.
 * @param {(reply: Reply) => void} reply
 * @param {typeof createEngine} [create]
 * @returns {(request: Request) => Promise<void>}
 */
export function createHandler(reply, create = createEngine) {
  /** @type {import('./engine.js').Engine | undefined} */
  let engine;
  return async (request) => {
    if (request.type === 'open') {
      engine = create({ base: request.base });
    } else if (request.type === 'preload') {
      await engine?.preload().catch(() => {}); // The first search says what is wrong.
    } else if (engine) {
      const { id, text, limit } = request;
      try {
        reply({ type: 'answer', id, answer: await engine.search(text, { limit }) });
      } catch (error) {
        reply({ type: 'failure', id, message: error instanceof Error ? error.message : String(error) });
      }
    }
  };
}
