/**
 * Names that end alike: of 58 called `close`, the list says so.
 * @module
 */

/** From how many on they are worth a word. */
const FEW = 4;

/**
 * @param {string} text What was asked for.
 * @param {{results: readonly {name: string}[], named?: number}} answer
 * @returns {{label: string, rows: number} | null} The first rows that are all called that; null where it is plain.
 */
export function homonyms(text, { results, named = 0 }) {
  const asked = lastPart(text.trim().replace(/\(\)?$/, '')).toLowerCase();
  const other = results.findIndex(({ name }) => lastPart(name).toLowerCase() !== asked);
  const rows = other < 0 ? results.length : other;
  if (!asked || rows < FEW || text.trim().includes('.')) return null;
  return { label: `${Math.max(named, rows)} named ${lastPart(results[0].name)}`, rows };
}

/** @param {string} name */
function lastPart(name) {
  return name.slice(name.lastIndexOf('.') + 1);
}
