/**
 * Cut a text at the places where a query matched it.
 * @module
 */

/**
 * @param {string} text
 * @param {readonly (readonly [number, number])[]} marks Start and end of each match, in UTF-16 units; in order or not,
 *   overlapping or not.
 * @returns {{text: string, marked: boolean}[]} All of the text, in pieces.
 */
export function markedPieces(text, marks) {
  const pieces = [];
  let at = 0;
  for (const [from, to] of [...marks].sort((one, other) => one[0] - other[0])) {
    const start = Math.max(from, at);
    const end = Math.min(to, text.length);
    if (end <= start) continue;
    if (start > at) pieces.push({ text: text.slice(at, start), marked: false });
    pieces.push({ text: text.slice(start, end), marked: true });
    at = end;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), marked: false });
  return pieces;
}
