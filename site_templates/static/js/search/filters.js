/**
 * Read what narrows a search down, and narrow it: the rules of `builder/search_index/filters.py`. Few searches need this:
 * it is fetched when it is asked for.
 */

import { likeliest, placeOf, readPasted } from './pasted.js';
import { named, read } from './reading.js';
import { key, words } from './text.js';

/**
 * @typedef {import('./cards.js').Card} Card
 * @typedef {import('./rank.js').Hit} Hit
 * @typedef {import('./tables.js').Tables} Tables
 *
 * What narrows a query down.
 * @typedef {object} Filters
 * @property {string} text what remains to be searched for
 * @property {string[][]} phrases words that have to stand side by side
 * @property {string[]} without words that must not be there
 * @property {string} kind the beginning of the kind that is wanted, '' for any
 * @property {string} module '' for any
 */

const LOOKED_THROUGH = 150;

const PHRASE = /(?<!\S)["“”]([^"“”]*[^\s"“”]\s+[^\s"“”][^"“”]*)["“”](?!\S)/gu;
const FACET = /(?<!\S)(kind|module):(?:"([^"]*)"|(\S*))(?!\S)/gu;
const WITHOUT = /(?<=\s)-((?![A-Z])\p{L}[\p{L}\p{N}_]+)(?!\S)/gu;

/**
 * Read a query that may hold filters, or was pasted.
 * @param {Tables} tables
 * @param {string} text
 * @returns {Promise<import('./rank.js').Understood>}
 */
export async function understand(tables, text) {
  const { question, pasted } = readPasted(text);
  if (pasted) {
    const [name, place] = await Promise.all([
      likeliest(tables, pasted.names),
      placeOf(tables, pasted.pages, pasted.anchor),
    ]);
    return { question: named(question, name), place, narrowed: null };
  }
  const filters = await readFilters(tables, text);
  /** @type {(best: (most: number) => Hit[]) => Promise<Hit[]>} */
  const leave = (best) => narrowed(tables, best(LOOKED_THROUGH), filters);
  return { question: read(filters.text), place: null, narrowed: narrows(filters) ? leave : null };
}

/**
 * Cut the filters off a query.
 * @param {string} text
 * @param {string[]} [switches] words that are names with their dash in front
 * @returns {Filters}
 */
function cutFilters(text, switches = []) {
  const phrases = [...text.matchAll(PHRASE)].map(([, phrase]) => words(phrase)).filter((phrase) => phrase.length);
  let rest = text.replace(PHRASE, '$1');
  /** @type {Record<string, string>} */
  const wanted = {};
  for (const [, facet, quoted, plain] of rest.matchAll(FACET)) wanted[facet] = quoted || plain || '';
  rest = rest.replace(FACET, '').trim();
  const without = [...rest.matchAll(WITHOUT)].map(([, word]) => word).filter((word) => !switches.includes(word));
  rest = rest.replace(WITHOUT, (found, word) => (without.includes(word) ? '' : found)).trim();
  const kind = (wanted.kind ?? '').replace(/[-_\s]+/gu, ' ').toLowerCase();
  const module = (wanted.module ?? '').toLowerCase();
  return { text: rest || module || kind || text, phrases, without, kind, module };
}

/**
 * Cut the filters off a query, but what the docs know as a switch.
 * @param {Tables} tables
 * @param {string} text
 * @returns {Promise<Filters>}
 */
async function readFilters(tables, text) {
  const filters = cutFilters(text);
  const named = await Promise.all(filters.without.map((word) => tables.exact(key(`-${word}`))));
  const switches = filters.without.filter((_, place) => named[place].length);
  return switches.length ? cutFilters(text, switches) : filters;
}

/**
 * @param {Filters} filters
 * @returns {boolean} whether they leave anything out
 */
function narrows({ phrases, without, kind, module }) {
  return Boolean(phrases.length || without.length || kind || module);
}

/**
 * Return those of the best entries that the filters leave; a phrase that nothing shows is no filter.
 * @param {Tables} tables
 * @param {Hit[]} hits
 * @param {Filters} filters
 * @returns {Promise<Hit[]>}
 */
async function narrowed(tables, hits, filters) {
  const [cards, pages] = await Promise.all([
    tables.shown(hits.map(({ ordinal }) => ordinal)),
    pagesOf(tables, filters.module),
  ]);
  const fitting = hits.map((hit, place) => ({ hit, card: cards[place] })).filter(({ card }) => fits(card, filters, pages));
  const said = fitting.filter(({ card }) => says(card, filters.phrases));
  return (said.length ? said : fitting).map(({ hit }) => hit);
}

/**
 * @param {Tables} tables
 * @param {string} module
 * @returns {Promise<string[]>} the pages of a module
 */
async function pagesOf(tables, module) {
  const named = module ? await tables.exact(key(module)) : [];
  const cards = await tables.shown(named.map(([ordinal]) => ordinal));
  return cards.filter(({ kind, name }) => kind === 'module' && name.toLowerCase() === module).map(({ page }) => page);
}

/**
 * @param {Card} card
 * @param {Filters} filters
 * @param {string[]} pages
 * @returns {boolean} whether an entry is of the kind and in the module that are wanted, and shows no word that is not
 */
function fits(card, { kind, module, without }, pages) {
  const name = card.name.toLowerCase();
  const inside = !module || name === module || name.startsWith(`${module}.`) || pages.includes(card.page);
  if (!inside || !card.kind.toLowerCase().startsWith(kind)) return false;
  const shown = new Set([card.page, ...texts(card)].flatMap(words));
  return !without.flatMap(words).some((word) => shown.has(word));
}

/**
 * @param {Card} card
 * @param {string[][]} phrases
 * @returns {boolean} whether an entry shows all phrases
 */
function says(card, phrases) {
  const shown = texts(card).map((text) => ` ${words(text).join(' ')} `);
  return phrases.every((phrase) => shown.some((text) => text.includes(` ${phrase.join(' ')} `)));
}

/** @param {Card} card */
function texts({ name, title, signature, summary, trail }) {
  return [name, title, signature, summary, trail];
}
