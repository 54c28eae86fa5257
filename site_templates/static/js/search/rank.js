/**
 * Answer a query from the tables of the index: what `builder/search_index/query.py` does, in the same order of steps, so
 * that both come to the same numbers.
 */

import { read, rest } from './reading.js';
import { compoundWords, postingsOf, saysOf, signsOf } from './says.js';
import { SPOKEN, isLetter, isSign, mark, plain } from './text.js';

/**
 * @typedef {import('./reading.js').Question} Question
 * @typedef {import('./codec.js').Named} Named
 * @typedef {import('./tables.js').Posted} Posted
 * @typedef {import('./tables.js').Tables} Tables
 * @typedef {import('./says.js').Said} Said
 * @typedef {'exact' | 'name' | 'prefix' | 'text' | 'fuzzy'} Tier
 *
 * What is known of one entry.
 * @typedef {object} Found
 * @property {number} name
 * @property {Tier} tier
 * @property {number} text
 * @property {number} asked
 * @property {number} covered
 *
 * What was looked up for a question: what is found, and what each of its words says.
 * @typedef {object} Looked
 * @property {Map<number, Found>} found
 * @property {string[]} words
 * @property {Said[]} says
 *
 * @typedef {object} Hit
 * @property {number} ordinal
 * @property {Tier} tier
 * @property {number} score
 *
 * What a query says beside its words.
 * @typedef {object} Understood
 * @property {Question} question
 * @property {number | null} place the ordinal of the entry whose address was pasted
 * @property {((best: (most: number) => Hit[]) => Promise<Hit[]>) | null} narrowed leaves out of the best what is not wanted
 *
 * @typedef {object} Ranking
 * @property {string} corrected
 * @property {number} total
 * @property {number} named how many of them are called what was asked for
 * @property {Hit[]} hits
 * @property {Question} question what was searched
 * @property {(hit: Hit) => [string, number][]} reasons what adds up to a hit's score: what was found and what it gave
 */

/** What a query has that holds filters or was pasted, and few others. */
const SPECIAL = /["“”:]|\s-|\.htm/u;

const LONGEST_QUERY = 256;
const MOST_WORDS = 12;
const TOP = 255;
const UNKNOWN = 255;

/**
 * @param {Tables} tables
 * @param {string} text
 * @param {number} limit
 * @returns {Promise<Ranking>}
 */
export async function rank(tables, text, limit) {
  const { root, stops } = await tables.shards.open();
  const asked = [...text].slice(0, LONGEST_QUERY).join('');
  const understood = SPECIAL.test(asked) ? await (await import('./filters.js')).understand(tables, asked) : null;
  let question = understood?.question ?? read(asked);
  let looked = await lookUp(tables, question, root.rules, stops);
  const { place = null } = understood ?? {};
  if (place !== null) note(looked.found, place, 'exact', root.rules.place);
  const corrected = isNamed(looked) ? '' : await mend(tables, question, unknown(looked), stops);
  if (corrected) {
    question = read(corrected);
    looked = await lookUp(tables, question, root.rules, stops);
    markMended(looked.found, root.rules.mended);
  }
  const { found } = looked;
  const reasons = (/** @type {Hit} */ { ordinal }) => reasonsFor(looked, ordinal);
  if (understood?.narrowed) {
    const left = await understood.narrowed((most) => best(found, most));
    return { corrected, total: left.length, named: countNamed(left), hits: left.slice(0, limit), question, reasons };
  }
  const named = countNamed([...found.values()]);
  return { corrected, total: found.size, named, hits: best(found, limit), question, reasons };
}

/**
 * @param {{tier: Tier}[]} all
 * @returns {number} how many are called what was asked for
 */
function countNamed(all) {
  return all.filter(({ tier }) => tier === 'exact' || tier === 'name').length;
}

/**
 * Return the best entries, best first. Thousands are found where ten are shown, so not all are sorted.
 * @param {Map<number, Found>} found
 * @param {number} most
 * @returns {Hit[]}
 */
function best(found, most) {
  /** @type {Hit[]} */
  let hits = [];
  let least = 0;
  const sort = () => hits.sort((left, right) => right.score - left.score || left.ordinal - right.ordinal);
  for (const [ordinal, one] of found) {
    const score = one.name + one.text + one.asked;
    if (score < least) continue;
    hits.push({ ordinal, tier: one.tier, score });
    if (hits.length === 8 * most) {
      hits = sort().slice(0, most);
      least = hits[most - 1].score;
    }
  }
  return sort().slice(0, most);
}

/**
 * @param {Looked} looked
 * @returns {boolean} whether something is named like the question
 */
function isNamed({ found }) {
  return [...found.values()].some((one) => one.tier !== 'text');
}

/**
 * @param {Looked} looked
 * @returns {string[]} the words that the index does not know
 */
function unknown({ words, says }) {
  return words.filter((_, place) => !says[place].weight);
}

/**
 * @param {Looked} looked
 * @param {number} ordinal
 * @returns {[string, number][]}
 */
function reasonsFor({ found, words, says }, ordinal) {
  const one = entry(found, ordinal);
  const impacts = says.map((said) => said.impacts.get(ordinal) ?? 0);
  const share = one.text / Math.max(impacts.reduce((sum, impact) => sum + impact, 0), 1);
  /** @type {[string, number][]} */
  const all = [[one.tier, one.name]];
  words.forEach((word, place) => all.push([word, impacts[place] * share]));
  all.push(['asked', one.asked]);
  return all.filter(([, worth]) => worth);
}

/**
 * @param {Map<number, Found>} found
 * @param {number} share
 */
function markMended(found, share) {
  for (const one of found.values()) {
    one.tier = 'fuzzy';
    one.name *= share;
    one.text *= share;
    one.asked *= share;
  }
}

/**
 * @param {Tables} tables
 * @param {Question} question
 * @param {Record<string, number>} rules
 * @param {Set<string>} stops
 * @returns {Promise<Looked>}
 */
async function lookUp(tables, question, rules, stops) {
  /** @type {Map<number, Found>} */
  const found = new Map();
  const all = content(question, stops);
  const words = all.filter((word) => !isSign(word));
  const last = question.words.at(-1);
  const coming = words.map((word) => postingsOf(tables, word));
  const [named, marked, spoken, wholes, signs, ...says] = await Promise.all([
    question.key ? tables.names(question.key) : null,
    mark(question.key) ? markedNames(tables, question.key) : [],
    Promise.all(coming).then((posted) => spokenNames(tables, question, words, posted)),
    compoundWords(tables, question, words, rules),
    signsOf(tables, all, rules),
    ...words.map((word, place) => saysOf(tables, word, coming[place], word === last, rules)),
  ]);
  for (const [word, said] of [...wholes, ...signs]) {
    words.push(word);
    says.push(said);
  }
  if (named) addNames(named, named.exact.length ? [] : marked, spoken, question, found, rules);
  if (!found.size && rest(question)) {
    for (const [ordinal, , worth] of await tables.exact(rest(question))) note(found, ordinal, 'name', worth * rules.rest);
  }
  const share = question.dotted ? rules.dotted : 1;
  addWords(says, found, rules.text * share, rules.coverage);
  const calm = named?.exact.some(([, form]) => form === question.form);
  addAsked(says, found, rules.asked * (calm ? rules.asked_named : share));
  return { found, words, says };
}

/**
 * Return what the mark in front of a name names (`%` of `%d`) and what speaks of that name.
 * @param {Tables} tables
 * @param {string} key
 * @returns {Promise<Named[]>}
 */
async function markedNames(tables, key) {
  const [named, posted] = await Promise.all([tables.exact(mark(key)), tables.postings(key)]);
  const speaking = new Set(posted?.packed.filter((_, place) => place % 2 === 0));
  return named.filter(([ordinal]) => speaking.has(ordinal));
}

/**
 * Return what the question names without stop words and with its words in their leading forms; a name in one piece
 * leaves none of its words away (`make_mocked` is not "mocked").
 * @param {Tables} tables
 * @param {Question} question
 * @param {string[]} words
 * @param {(Posted | null)[]} posted
 * @returns {Promise<Named[]>}
 */
async function spokenNames(tables, question, words, posted) {
  const spoken = words.map((word, place) => (plain(word) === word && posted[place]?.term) || word).join('');
  const whole = question.name.includes(' ') || question.words.every((word) => words.includes(word));
  const keys = spoken && whole ? [spoken, spoken + SPOKEN].filter((key) => key !== question.key) : [];
  return (await Promise.all(keys.map((key) => tables.exact(key)))).flat();
}

/**
 * Return the words to look up: all but stop words, or all where nothing else remains; none for a single letter. The
 * last of two words is a beginning rather than a stop word: `wait_all_t`, `streaming up`.
 * @param {Question} question
 * @param {Set<string>} stops
 * @returns {string[]}
 */
function content(question, stops) {
  const words = [...new Set(question.words)].slice(0, MOST_WORDS);
  if (words.length === 1 && isLetter(words[0])) return [];
  const coming = words.length === 2 || !question.name.includes(' ') ? words.at(-1) : '';
  const kept = words.filter((word) => !stops.has(word) || word === coming);
  return kept.length ? kept : words;
}

/**
 * @param {Map<number, Found>} found
 * @param {number} ordinal
 * @returns {Found}
 */
function entry(found, ordinal) {
  let one = found.get(ordinal);
  if (!one) {
    one = { name: 0, tier: 'text', text: 0, asked: 0, covered: 0 };
    found.set(ordinal, one);
  }
  return one;
}

/**
 * Note the best name of an entry.
 * @param {Map<number, Found>} found
 * @param {number} ordinal
 * @param {Tier} tier
 * @param {number} worth
 */
function note(found, ordinal, tier, worth) {
  const one = entry(found, ordinal);
  if (worth > one.name) [one.name, one.tier] = [worth, tier];
}

/**
 * Add the entries that the whole question names, exactly or by its beginning.
 * @param {Awaited<ReturnType<Tables['names']>>} named
 * @param {Named[]} marked what the mark in front of the question names
 * @param {Named[]} spoken
 * @param {Question} question
 * @param {Map<number, Found>} found
 * @param {Record<string, number>} rules
 */
function addNames(named, marked, spoken, question, found, rules) {
  for (const [ordinal, , worth] of marked) note(found, ordinal, 'name', worth * rules.marked);
  const gain = question.dotted ? rules.written_dotted : rules.written;
  for (const [ordinal, form, worth] of named.exact) {
    const written = form === question.form;
    note(found, ordinal, written ? 'exact' : 'name', worth + (written ? gain : 0));
  }
  const share = question.name.includes(' ') ? rules.joined : 1;
  for (const [ordinal, , worth] of named.crowd ?? []) note(found, ordinal, 'prefix', worth * share);
  for (const [key, entries] of named.longer) {
    const part = rules.prefix * (1 - rules.prefix_rest + rules.prefix_rest * (question.key.length / key.length));
    for (const [ordinal, , worth] of entries) note(found, ordinal, 'prefix', Math.trunc(worth * part) * share);
  }
  for (const [ordinal, , worth] of spoken) note(found, ordinal, 'name', worth * rules.spoken);
}

/**
 * Add what the words say for each entry.
 * @param {Said[]} says
 * @param {Map<number, Found>} found
 * @param {number} worth what a point of impact is worth
 * @param {number} coverage how much hangs on the share of the question that is covered
 */
function addWords(says, found, worth, coverage) {
  let total = 0;
  /** @type {Set<Found>} */
  const touched = new Set();
  for (const { impacts, weight } of says) {
    total += weight || UNKNOWN;
    for (const [ordinal, impact] of impacts) {
      const one = entry(found, ordinal);
      one.text += impact;
      one.covered += weight;
      touched.add(one);
    }
  }
  for (const one of touched) {
    one.text *= worth * (1 - coverage + coverage * (one.covered / Math.max(total, 1)));
  }
}

/**
 * Add how alike the question is to what people ask for each entry: the cosine of their words, cubed.
 * @param {Said[]} says
 * @param {Map<number, Found>} found
 * @param {number} worth what a likeness of 1 is worth
 */
function addAsked(says, found, worth) {
  const length = says.reduce((sum, { asking }) => sum + (asking || UNKNOWN) * (asking || UNKNOWN), 0);
  /** @type {Map<number, number>} */
  const alike = new Map();
  for (const { asked, asking } of says) {
    for (const [ordinal, impact] of asked) alike.set(ordinal, (alike.get(ordinal) ?? 0) + asking * impact);
  }
  for (const [ordinal, total] of alike) {
    const share = total / (TOP * Math.sqrt(length));
    entry(found, ordinal).asked = share * share * share * worth;
  }
}

/**
 * Return a question that nothing is named like with its unknown words corrected, '' if none can be. A name whose parts
 * can't be corrected, or are words that the index knows, is corrected as a whole.
 * @param {Tables} tables
 * @param {Question} question
 * @param {string[]} unknown
 * @param {Set<string>} stops
 * @returns {Promise<string>}
 */
async function mend(tables, question, unknown, stops) {
  const alone = question.words.length === 1;
  const isName = !alone && (question.dotted || (unknown.length > 0 && !question.name.includes(' ')));
  if (!unknown.length && !isName) return '';
  const { closest } = await import('./spelling.js'); // Most searches do without.
  const better = await Promise.all(unknown.map((word) => closest(tables, alone ? question.key : word, stops)));
  if (better.some(Boolean)) return question.words.map((word) => better[unknown.indexOf(word)] || word).join(' ');
  return isName ? cutLike(question.words, await closest(tables, question.key, stops)) : '';
}

/**
 * Cut a corrected key where the words were cut whose key it corrects: `jsondump` for `json`, `dmp`.
 * @param {string[]} words
 * @param {string} whole
 * @returns {string}
 */
function cutLike(words, whole) {
  for (const place of words.keys()) {
    const front = words.slice(0, place).join('');
    const behind = words.slice(place + 1).join('');
    const middle = whole.slice(front.length, whole.length - behind.length);
    if (middle && front + middle + behind === whole) return words.with(place, middle).join(' ');
  }
  return whole;
}
