/** Mend a mistyped word: the rules of `builder/search_index/spelling.py` and `query.py`, for the browser. */

import { plain } from './text.js';

const SHORTEST = 4;
const LONGER = 6;
const MOST_CANDIDATES = 3000;

/**
 * Count the edits between two spellings (letters added, left out, changed, neighbours swapped), up to `most + 1`.
 * @param {string} left
 * @param {string} right
 * @param {number} most
 * @returns {number}
 */
export function distance(left, right, most) {
  if (Math.abs(left.length - right.length) > most) return most + 1;
  [left, right] = unlike(left, right);
  if (!left || !right) return Math.min(left.length + right.length, most + 1);
  /** @type {number[]} */
  let older = [];
  /** @type {number[]} */
  let before = [];
  let row = Array.from({ length: right.length + 1 }, (_, place) => place);
  for (let place = 1; place <= left.length; place++) {
    [older, before, row] = [before, row, [place]];
    let least = place;
    for (let column = 1; column <= right.length; column++) {
      const same = left[place - 1] === right[column - 1];
      let cost = Math.min(before[column] + 1, row[column - 1] + 1, before[column - 1] + (same ? 0 : 1));
      if (place > 1 && column > 1 && left[place - 1] === right[column - 2] && left[place - 2] === right[column - 1]) {
        cost = Math.min(cost, older[column - 2] + 1);
      }
      row.push(cost);
      least = Math.min(least, cost);
    }
    if (least > most) return most + 1;
  }
  return Math.min(row[right.length], most + 1);
}

/**
 * Cut off what two spellings share in front and at the end.
 * @param {string} left
 * @param {string} right
 * @returns {[string, string]}
 */
function unlike(left, right) {
  const short = Math.min(left.length, right.length);
  let start = 0;
  while (start < short && left[start] === right[start]) start++;
  let end = 0;
  while (end < short - start && left[left.length - 1 - end] === right[right.length - 1 - end]) end++;
  return [left.slice(start, left.length - end), right.slice(start, right.length - end)];
}

/**
 * Spell a word backwards, by code points.
 * @param {string} word
 * @returns {string}
 */
export function backwards(word) {
  return [...word].reverse().join('');
}

/**
 * Return a word with the two letters at its middle swapped: no half of it is left by that typo.
 * @param {string} word
 * @returns {string}
 */
function swapped(word) {
  const middle = word.length >> 1;
  return word.slice(0, middle - 1) + word[middle] + word[middle - 1] + word.slice(middle + 1);
}

/**
 * Return the letters of a word in order, the same for words that only swap some.
 * @param {string} word
 * @returns {string}
 */
function letters(word) {
  return [...word].sort().join('');
}

/**
 * Return the likeliest word of the dictionary within one edit, or two for a longer word; '' if there is none.
 * @param {{spellings(side: 'f' | 'b', beginning: string): Promise<[string, number][]>}} tables
 * @param {string} word
 * @param {Set<string>} stops words that may be right, and not known here, where others are merely like them
 * @returns {Promise<string>}
 */
export async function closest(tables, word, stops) {
  if (word.length < SHORTEST || /^\p{N}+$/u.test(word) || plain(word) !== word) return '';
  const own = letters(word);
  for (const edits of word.length >= LONGER ? [1, 2] : [1]) {
    const size = Math.max(Math.floor(word.length / (edits + 1)), 1);
    const [ahead, behind, across] = await Promise.all([
      tables.spellings('f', word.slice(0, size)),
      tables.spellings('b', backwards(word).slice(0, size)),
      edits === 1 ? tables.spellings('f', swapped(word)) : [],
    ]);
    const candidates = new Map(ahead.slice(0, MOST_CANDIDATES));
    for (const [spelled, weight] of across) candidates.set(spelled, weight);
    for (const [spelled, weight] of behind.slice(0, MOST_CANDIDATES)) candidates.set(backwards(spelled), weight);
    let best = '';
    let least = Infinity;
    let heaviest = -1;
    for (const [candidate, weight] of candidates) {
      const gap = distance(word, candidate, edits);
      if (gap === 0 || gap > edits || (gap === 2 && candidate[0] !== word[0])) continue;
      const changed = letters(candidate) !== own;
      if (changed && candidate.length === word.length && stops.has(candidate)) continue;
      const unlikely = 2 * gap + (changed ? 1 : 0);
      if (unlikely > least) continue;
      if (unlikely < least || weight > heaviest || (weight === heaviest && candidate < best)) {
        [best, least, heaviest] = [candidate, unlikely, weight];
      }
    }
    if (best) return best;
  }
  return '';
}
