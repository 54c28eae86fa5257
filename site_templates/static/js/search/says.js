/** What the words of a question say of entries: the part of `builder/search_index/query.py` that looks words up. */

import { compounds, isSign, plain } from './text.js';

const TOP = 255;

/**
 * @typedef {import('./reading.js').Question} Question
 * @typedef {import('./tables.js').Posted} Posted
 * @typedef {import('./tables.js').Tables} Tables
 *
 * What a word says: how much it counts, 0 for an unknown word, and each entry's impacts.
 * @typedef {object} Said
 * @property {number} weight
 * @property {Map<number, number>} impacts
 * @property {number} asking the same for what people ask
 * @property {Map<number, number>} asked
 */

/**
 * Return what a word says; a marked word that is unknown says what its letters say.
 * @param {Tables} tables
 * @param {string} word
 * @returns {Promise<Posted | null>}
 */
export async function postingsOf(tables, word) {
  const letters = plain(word);
  return (await tables.postings(word)) ?? (letters === word ? null : tables.postings(letters));
}

/**
 * Return the compounds of a question that the index knows whole, with what they say.
 * @param {Tables} tables
 * @param {Question} question
 * @param {string[]} words
 * @param {Record<string, number>} rules
 * @returns {Promise<[string, Said][]>}
 */
export async function compoundWords(tables, question, words, rules) {
  const wholes = [...new Set(compounds(question.name))].filter((whole) => !words.includes(whole));
  const coming = await Promise.all(wholes.map((whole) => tables.postings(whole)));
  const known = wholes.flatMap((whole, place) => (coming[place] ? [{ whole, posted: coming[place] }] : []));
  return Promise.all(
    known.map(async ({ whole, posted }) => [whole, await saysOf(tables, whole, Promise.resolve(posted), false, rules)]),
  );
}

/**
 * Return what the signs among words say of the entries that they name; a sign that names nothing says nothing.
 * @param {Tables} tables
 * @param {string[]} words
 * @param {Record<string, number>} rules
 * @returns {Promise<[string, Said][]>}
 */
export async function signsOf(tables, words, rules) {
  const signs = words.filter(isSign);
  const named = await Promise.all(signs.map((sign) => tables.exact(sign)));
  const share = rules.sign / rules.text;
  return signs.flatMap((sign, place) => {
    /** @type {[string, Said][]} */
    const said = [];
    if (named[place].length) {
      const impacts = new Map(named[place].map(([ordinal, , worth]) => [ordinal, worth * share]));
      said.push([sign, { weight: TOP, impacts, asking: 0, asked: new Map() }]);
    }
    return said;
  });
}

/**
 * Return what a word says of entries, or what it may become says while it is being typed.
 * @param {Tables} tables
 * @param {string} word
 * @param {Promise<Posted | null>} coming
 * @param {boolean} last
 * @param {Record<string, number>} rules
 * @returns {Promise<Said>}
 */
export async function saysOf(tables, word, coming, last, rules) {
  /** @type {Said} */
  const said = { weight: 0, impacts: new Map(), asking: 0, asked: new Map() };
  const exact = await coming;
  if (exact) {
    said.weight = exact.weight;
    said.asking = exact.asking;
    keepBest(said.impacts, exact.packed, 1);
    keepBest(said.asked, exact.asked, 1);
  }
  if (last && word.length > 1) {
    const ahead = await tables.ahead(word, rules.ahead);
    said.weight ||= ahead.weight;
    said.asking ||= ahead.asking;
    keepBest(said.impacts, ahead.packed, rules.completion);
    if (!exact) keepBest(said.asked, ahead.asked, rules.completion);
  }
  return said;
}

/**
 * Add a share of impacts where it is more than what is there.
 * @param {Map<number, number>} impacts
 * @param {Uint32Array} more
 * @param {number} share
 */
function keepBest(impacts, more, share) {
  for (let place = 0; place < more.length; place += 2) {
    const impact = more[place + 1] * share;
    if (impact > (impacts.get(more[place]) ?? 0)) impacts.set(more[place], impact);
  }
}
