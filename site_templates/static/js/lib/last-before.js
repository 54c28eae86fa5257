/**
 * Find the last of many ordered places that lies before a line.
 * @module
 */

/**
 * @param {number} count How many places there are, their positions growing.
 * @param {(index: number) => number} position Asked for few of them only.
 * @param {number} line
 * @returns {number} The index of the last place at or before `line`, -1 for none.
 */
export function lastBefore(count, position, line) {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (position(middle) <= line) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
