/** Read a query as people type it: the rules of `builder/search_index/reading.py`, for the browser. */

import { cutWords, form, isSign, key, mark, plain, withoutCall } from './text.js';

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
 * @property {string[]} words its words in order, and signs between them; a marked word stands for its plain letters
 * @property {boolean} dotted whether it is one dotted name, or the beginning of one
 */

/**
 * Return a text without blanks at its ends, and with one where there are several.
 * @param {string} text
 */
export function trimmed(text) {
  return text.replace(BLANK, ' ').replace(/^ | $/gu, '');
}

/**
 * @param {string} text of which nothing was pasted; see `pasted.js`
 * @returns {Question}
 */
export function read(text) {
  let typed = trimmed(text);
  const imported = FROM_IMPORT.exec(typed);
  const module = IMPORT.exec(typed);
  if (imported) typed = `${imported[1]}.${imported[2]}`;
  else if (module) typed = module[1];
  const name = withoutCall(typed);
  const cut = cutWords(typed);
  const words = cut.every(isSign) ? [] : cut;
  return { name, key: key(name), form: form(name), words, dotted: DOTTED.test(name) };
}

/**
 * Return the key of what a name may be without something unknown, '' for none: a variable, a module or a mark in front,
 * or what follows a marked word.
 * @param {Question} question
 * @returns {string}
 */
export function rest({ name, dotted, key: whole }) {
  const marked = mark(whole);
  if (marked && name.includes(' ')) return key(name.split(' ')[0]);
  return dotted || marked ? plain(key(name.slice(name.lastIndexOf('.') + 1))) : '';
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
