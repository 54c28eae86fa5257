/** Find what of a title the query asked for. */

import { normal } from './text.js';

/**
 * Return the stretches of a title that a question's key or words match, as [start, end] in UTF-16 units, in order.
 * @param {string} title
 * @param {{key: string, words: string[]}} question
 * @returns {[number, number][]}
 */
export function marks(title, question) {
  /** @type {number[]} */
  const places = [];
  let squashed = '';
  for (let place = 0; place < title.length; place++) {
    const letter = normal(title[place]);
    if (/^[\p{L}\p{N}]$/u.test(letter)) {
      squashed += letter;
      places.push(place);
    }
  }
  /** @type {[number, number][]} */
  const found = [];
  const whole = question.key.replace(/[^\p{L}\p{N}]/gu, '');
  for (const word of whole && squashed.includes(whole) ? [whole] : question.words) {
    const start = startOf(title, squashed, places, word);
    if (start >= 0 && word) found.push([places[start], places[start + word.length - 1] + 1]);
  }
  return disjoint(found);
}

/**
 * Find a word in a squashed title, at the beginning of a word of the title if it stands there.
 * @param {string} title
 * @param {string} squashed
 * @param {number[]} places
 * @param {string} word
 * @returns {number}
 */
function startOf(title, squashed, places, word) {
  for (let start = squashed.indexOf(word); start >= 0; start = squashed.indexOf(word, start + 1)) {
    const place = places[start];
    if (place === 0 || !/[\p{L}\p{N}]/u.test(title[place - 1])) return start;
  }
  return word.length > 2 ? squashed.indexOf(word) : -1;
}

/**
 * @param {[number, number][]} stretches
 * @returns {[number, number][]}
 */
function disjoint(stretches) {
  stretches.sort((left, right) => left[0] - right[0] || right[1] - left[1]);
  let end = 0;
  return stretches.filter((stretch) => {
    if (stretch[0] < end) return false;
    end = stretch[1];
    return true;
  });
}
