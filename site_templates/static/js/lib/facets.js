/**
 * By what results can be narrowed down: their kind, and the module or page that they stand in.
 * @module
 */

/**
 * What of a result is asked for.
 * @typedef {{kind: string, name: string, page: string}} Faceted
 *
 * @typedef {object} Wanted
 * @property {string} kind '' for any.
 * @property {string} module '' for any.
 */

/** A part of a dotted name that is no module: classes begin with a capital. */
const CAPITAL = /^\p{Lu}/u;

/**
 * @param {Faceted} result
 * @returns {string} The module or class that a name stands in, or the page of what has no name.
 */
export function moduleOf({ kind, name, page }) {
  if (kind === 'module' && name) return name;
  const parts = name.split('.');
  const inner = parts.findIndex((part, place) => place > 0 && CAPITAL.test(part));
  const outer = parts.slice(0, inner > 0 ? inner : -1).join('.');
  return outer || page.replace(/\.html$/, '');
}

/**
 * @template {Faceted} Result
 * @param {readonly Result[]} results
 * @param {Wanted} wanted
 * @returns {Result[]}
 */
export function narrowed(results, { kind, module }) {
  return results.filter(
    (result) => (!kind || result.kind === kind) && (!module || moduleOf(result) === module),
  );
}

/**
 * Count what each choice would leave, most first; of one facet, with the other as it is chosen.
 * @param {readonly Faceted[]} results
 * @param {'kind' | 'module'} facet
 * @param {Wanted} wanted
 * @returns {[value: string, count: number][]}
 */
export function counts(results, facet, wanted) {
  /** @type {Map<string, number>} */
  const found = new Map();
  for (const result of narrowed(results, { ...wanted, [facet]: '' })) {
    const value = facet === 'kind' ? result.kind : moduleOf(result);
    found.set(value, (found.get(value) ?? 0) + 1);
  }
  return [...found].sort((one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1));
}
