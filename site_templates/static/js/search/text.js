/**
 * How text becomes words and keys: the rules of `builder/search_index/text.py`, for the browser.
 * A golden file holds the two together.
 */

const UNSPACED = '\\u3040-\\u30ff\\u3400-\\u9fff\\uac00-\\ud7af';
const MARKS = '\\-%*@$&!#~+<>=|^?:';
const LETTERS = /[\p{L}\p{N}]+/gu;
const WORD = new RegExp(`[${UNSPACED}]+|(?:(?![${UNSPACED}])[\\p{L}\\p{N}])+`, 'gu');
const LEAD = new RegExp(`^[^\\p{L}\\p{N}_${MARKS}]*([${MARKS}]*)(_*)[\\p{L}\\p{N}]`, 'u');
const MARKED = /(?<![^\s([{"'`“‘])(?:[-%*@]{1,2}\p{L}[\p{L}\p{N}_]*|__[\p{L}\p{N}][\p{L}\p{N}_]*)/gu;
const COMPOUND = /[\p{L}\p{N}]+(?:[_-][\p{L}\p{N}]+)+/gu;
const SIGN = /^[^\p{L}\p{N}_\s]+$/u;
const BETWEEN_WORDS = '-–—?!:,.;&';
const AFTER_WORDS = /[?:,;]+$/u;
const CALL = /(?<=[\p{L}\p{N}_])\s*\(.*$/su;

/**
 * Return text in lower case with compatible characters made one (Unicode NFKC).
 * @param {string} text
 * @returns {string}
 */
export function normal(text) {
  return text.normalize('NFKC').toLowerCase();
}

/**
 * Cut text into words, in order.
 * @param {string} text
 * @returns {string[]}
 */
export function words(text) {
  return (normal(text).match(WORD) ?? []).flatMap(pairs);
}

/**
 * Cut a run without spaces into overlapping pairs; leave any other run whole.
 * @param {string} run
 * @returns {string[]}
 */
function pairs(run) {
  if (run.length < 3 || run < '\u3040' || run[0] > '\ud7af') return [run];
  return Array.from({ length: run.length - 1 }, (_, place) => run.slice(place, place + 2));
}

/**
 * Cut text into words, marked ones and signs whole: `pass *args on` gives `pass`, `*args`, `on`.
 * @param {string} text
 * @returns {string[]}
 */
export function cutWords(text) {
  return normal(text)
    .split(/\s+/u)
    .flatMap((part) => {
      const sign = part.replace(AFTER_WORDS, '') || part;
      return isSign(sign) ? [sign] : cutPart(part);
    });
}

/**
 * @param {string} part of a text, without blanks
 * @returns {string[]}
 */
function cutPart(part) {
  const found = [];
  let end = 0;
  for (const marked of part.matchAll(MARKED)) {
    found.push(...words(part.slice(end, marked.index)), key(marked[0]));
    end = marked.index + marked[0].length;
  }
  return [...found, ...words(part.slice(end))];
}

/**
 * Tell whether what stands between blanks is a sign that may be meant: `:=`, `//`, but no dash or question mark.
 * @param {string} word
 * @returns {boolean}
 */
export function isSign(word) {
  return SIGN.test(word) && !(word.length === 1 && BETWEEN_WORDS.includes(word));
}

/**
 * Return the keys of the compounds in a text: `attr-defined`, `html_theme_options`.
 * @param {string} text
 * @returns {string[]}
 */
export function compounds(text) {
  return (text.match(COMPOUND) ?? []).map(key);
}

/** Ends the keys that are made of the leading forms of a title's words; no beginning of theirs is ever typed. */
export const SPOKEN = '=';

/**
 * Return a key without the mark in front of it.
 * @param {string} word
 * @returns {string}
 */
export function plain(word) {
  return (word.match(LETTERS) ?? []).join('');
}

/**
 * Squash a name or title to its key.
 * @param {string} text
 * @returns {string}
 */
export function key(text) {
  const lowered = normal(text);
  const letters = (lowered.match(LETTERS) ?? []).join('');
  if (!letters) return lowered.replace(/\s+/gu, '');
  const lead = LEAD.exec(lowered);
  return lead ? lead[1] + lead[2].slice(0, 1) + letters : letters;
}

/**
 * Return the mark in front of a key, '' for none: `*` of `*args`, `%` of `%d`.
 * @param {string} name
 * @returns {string}
 */
export function mark(name) {
  const letters = plain(name);
  const front = letters ? name.slice(0, name.length - letters.length) : '';
  return front === '_' ? '' : front;
}

/**
 * Tell whether a word or key is one character of an alphabet, not of a script that has thousands.
 * @param {string} word
 * @returns {boolean}
 */
export function isLetter(word) {
  return word.length === 1 && word < '\u0250';
}

/**
 * Cut a name's call brackets and what follows.
 * @param {string} text
 * @returns {string}
 */
export function withoutCall(text) {
  return text.trim().replace(CALL, '');
}

/**
 * Return a checksum (0 to 255) of how a name is written.
 * @param {string} text
 * @returns {number}
 */
export function form(text) {
  let total = 0;
  for (const letter of text) total = (total * 33 + (letter.codePointAt(0) ?? 0)) & 0xffffff;
  return (total ^ (total >> 8) ^ (total >> 16)) & 255;
}
