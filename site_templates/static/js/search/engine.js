/** The search engine: from a text to results ready to be shown. Runs on a page, in a worker, or in Node. */

import { placeUrl } from '../lib/place.js';
import { cards } from './cards.js';
import { marks } from './marks.js';
import { rank } from './rank.js';
import { Shards } from './shards.js';
import { Tables } from './tables.js';

/**
 * One row of results.
 * @typedef {object} Extras
 * @property {string} url the address of page and anchor, relative to the docset's root
 * @property {import('./rank.js').Tier} tier why it was found
 * @property {number} score
 * @property {[number, number][]} marks what to mark in the title
 * @property {[string, number][]} [reasons] what adds up to the score, where that was asked for
 *
 * @typedef {import('./cards.js').Card & Extras} Result
 *
 * @typedef {object} Answer
 * @property {string} query the text as it was asked
 * @property {string} corrected the text that was searched instead, '' if the query was searched as typed
 * @property {number} total how many entries were found
 * @property {number} named how many of them are called what was asked for
 * @property {Result[]} results the best of them, best first
 * @property {'ready'} state
 *
 * @typedef {object} Engine
 * @property {(text: string, options?: {limit?: number, explain?: boolean, wanted?: () => boolean}) => Promise<Answer>} search rejects with
 *   `Stale` when it is no longer wanted: then it fetches nothing more
 * @property {() => Promise<void>} preload fetches what every search needs
 */

/** A newer search has been asked. */
export class Stale extends Error {
  name = 'Stale';
}

/**
 * @param {{base: string, fetch?: typeof fetch}} options `base` is the address of the index, with a slash at its end
 * @returns {Engine}
 */
export function createEngine({ base, fetch: fetcher = (...request) => fetch(...request) }) {
  const shards = new Shards(base, fetcher);
  const tables = new Tables(shards);
  return {
    async search(text, { limit = 10, explain = false, wanted = () => true } = {}) {
      shards.trim();
      const { corrected, total, named, hits, question, reasons } = await rank(tables, text, limit);
      if (!wanted()) throw new Stale('a newer search was asked');
      const rows = await cards(shards, hits.map((hit) => hit.ordinal));
      const results = rows.map((card, place) => ({
        ...card,
        url: placeUrl(card.page, card.anchor),
        tier: hits[place].tier,
        score: hits[place].score,
        marks: marks(card.title, question),
        ...(explain && { reasons: reasons(hits[place]) }),
      }));
      return { query: text, corrected, total, named, results, state: 'ready' };
    },
    async preload() {
      await shards.open();
    },
  };
}
