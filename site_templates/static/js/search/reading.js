/** Read a query as people type it: the rules of `builder/search_index/reading.py`, for the browser. */

import { readPasted } from './pasted.js';
import { cutWords, form, key, withoutCall } from './text.js';

const BLANK = /[\s\x00-\x1f\x7f-\x9f\ufeff]+/gu;
const FROM_IMPORT = /^from\s+([\p{L}\p{N}_.]+)\s+import\s+([\p{L}\p{N}_]+)\s*(?:as\s+[\p{L}\p{N}_]+)?$/u;
const DOTTED = /^[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}\p{N}_]*)+$/u;
const IMPORT = /^import\s+([\p{L}\p{N}_.]+)\s*(?:as\s+[\p{L}\p{N}_]+)?$/u;

/**
 * A query, read.
 * @typedef {object} Question
 * @property {string} name what it may name, without call brackets and import words
 * @property {string} key the key of that
 * @property {number} form the checksum of how that is written
 * @property {string[]} words its words in order; a marked word stands for its plain letters
 * @property {boolean} dotted whether it is one dotted name, or the beginning of one
 * @property {boolean} pasted whether it is a line of a traceback, or an address
 * @property {string[]} others what it may name otherwise
 * @property {string[]} pages the keys of the pages that a pasted address may mean
 * @property {string} anchor the place on the page
 */

/**
 * @param {string} text
 * @returns {Question}
 */
export function read(text) {
  const typed = text.replace(BLANK, ' ').replace(/^ | $/gu, '');
  const pasted = readPasted(typed);
  if (!pasted) return readTyped(typed);
  const { names, pages, anchor } = pasted;
  return { ...named(readTyped(pasted.text), names[0]), pasted: true, others: names.slice(1), pages, anchor };
}

/**
 * Return the same question as naming something else.
 * @param {Question} question
 * @param {string} name
 * @returns {Question}
 */
export function named(question, name) {
  return { ...question, name, key: key(name), form: form(name), dotted: DOTTED.test(name) };
}

/**
 * @param {string} typed
 * @returns {Question}
 */
function readTyped(typed) {
  const imported = FROM_IMPORT.exec(typed);
  const module = IMPORT.exec(typed);
  if (imported) typed = `${imported[1]}.${imported[2]}`;
  else if (module) typed = module[1];
  const name = withoutCall(typed);
  const plain = { pasted: false, others: [], pages: [], anchor: '' };
  return { name, key: key(name), form: form(name), words: cutWords(typed), dotted: DOTTED.test(name), ...plain };
}
