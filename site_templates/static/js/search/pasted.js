/** Read what people paste, an address or a line of a traceback: the rules of `builder/search_index/pasted.py`. */

import { named, read, trimmed } from './reading.js';
import { SPOKEN, key } from './text.js';

const ADDRESS = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^\s?#]+)(?:\?[^\s#]*)?(?:#(\S*))?$/;
const PAGE = /\.html?$/;
const RAISED =
  /^(?:E +|(?:Traceback|File ").*[^\w.])?((?:[A-Za-z_]\w*\.)+(?:[A-Z]\w*|\w*(?:error|timeout))|[A-Za-z_]\w*(?:Error|Exception|Warning|Exit|Interrupt|Iteration|Group)):(?: (.+))?$/;
const FRAME = /^File "([^"]+)", line [0-9]+(?:, in (\S+))?/;
const MOST_PARTS = 5;
const MOST_AT_ANCHOR = 24;

/**
 * What a pasted text says.
 * @typedef {object} Pasted
 * @property {string} text the words to search for
 * @property {string[]} names what it may name, likeliest first
 * @property {string[]} pages the keys of the pages that it may mean, likeliest first
 * @property {string} anchor
 */

/**
 * Read a query that may have been pasted.
 * @param {string} text
 * @returns {{question: import('./reading.js').Question, pasted: Pasted | null}}
 */
export function readPasted(text) {
  const pasted = pastedOf(trimmed(text));
  return { question: pasted ? named(read(pasted.text), pasted.names[0]) : read(text), pasted };
}

/**
 * @param {string} text
 * @returns {Pasted | null} null for any text that was not pasted
 */
function pastedOf(text) {
  const raised = RAISED.exec(text);
  if (raised) return readRaised(raised[1], raised[2] ?? '');
  const frame = FRAME.exec(text);
  if (frame) return readFrame(frame[1], frame[2] ?? '');
  const address = ADDRESS.exec(text);
  if (!address || !(address[1] || PAGE.test(address[2]))) return null;
  return readAddress(address[2], decoded(address[3] ?? ''));
}

/**
 * @param {string} name
 * @param {string} message
 * @returns {Pasted}
 */
function readRaised(name, message) {
  const parts = name.split('.').map((part) => part.replace(/^_+/, ''));
  const last = parts[parts.length - 1];
  const names = [parts.join('.'), `${parts[0]}.${last}`, last].slice(-parts.length);
  return { text: `${last} ${message}`, names, pages: [], anchor: '' };
}

/**
 * @param {string} path
 * @param {string} called
 * @returns {Pasted}
 */
function readFrame(path, called) {
  const stems = path.split(/[/\\]/).slice(-2).map((part) => part.split('.')[0]);
  const modules = stems.reverse().filter((stem) => stem && stem !== '__init__');
  if (!modules.length) modules.push(path);
  const rest = { pages: [], anchor: '' };
  if (!called || called.startsWith('<')) return { text: modules[0], names: [modules[0]], ...rest };
  return { text: `${modules[0]} ${called}`, names: [...modules.map((module) => `${module}.${called}`), called], ...rest };
}

/**
 * @param {string} path
 * @param {string} anchor
 * @returns {Pasted}
 */
function readAddress(path, anchor) {
  const parts = decoded(path.replace(PAGE, '')).split('/').filter(Boolean);
  const ends = parts.map((_, start) => parts.slice(start).join('/')).slice(-MOST_PARTS);
  const name = anchor || (parts.at(-1) ?? path);
  return { text: name, names: [name], pages: ends.flatMap((end) => [end, `${end}/index`]).map(pageKey), anchor };
}

/** @param {string} page */
function pageKey(page) {
  return `/${page.replace(PAGE, '').replaceAll(' ', '_')}${SPOKEN}`;
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Return the first of the names that a text may mean that the docs know.
 * @param {import('./tables.js').Tables} tables
 * @param {string[]} names
 */
export async function likeliest(tables, names) {
  const known = await Promise.all(names.map((name) => tables.exact(key(name))));
  return names[Math.max(known.findIndex((found) => found.length), 0)];
}

/**
 * Return the ordinal of the entry at a place, the page's first where none stands there; null for no such page.
 * @param {import('./tables.js').Tables} tables
 * @param {string[]} pages
 * @param {string} anchor
 * @returns {Promise<number | null>}
 */
export async function placeOf(tables, pages, anchor) {
  const found = await Promise.all(pages.map((page) => tables.exact(page)));
  const first = found.flat()[0]?.[0];
  return first === undefined ? null : atAnchor(tables, first, anchor);
}

/**
 * @param {import('./tables.js').Tables} tables
 * @param {number} first
 * @param {string} anchor
 */
async function atAnchor(tables, first, anchor) {
  const called = (await Promise.all(namesOf(anchor).map((name) => tables.exact(key(name))))).flat();
  const ordinals = [...new Set(called.map(([ordinal]) => ordinal))].filter((ordinal) => ordinal >= first);
  const near = ordinals.sort((left, right) => left - right).slice(0, MOST_AT_ANCHOR);
  const [page, ...shown] = await tables.shown([first, ...near]);
  return near.find((_, place) => shown[place].page === page.page && shown[place].anchor === anchor) ?? first;
}

/**
 * Return what an anchor may be called: `func-str` `str`, `c.PyList_New` `PyList_New`, `cmdoption-zip-m` `-m`.
 * @param {string} anchor
 */
function namesOf(anchor) {
  const starts = [0, ...Array.from(anchor.matchAll(/[.-]/g), (found) => found.index + 1)];
  const [whole, ...ends] = starts.slice(0, MOST_PARTS).map((start) => anchor.slice(start));
  return [whole, ...ends.slice(0, 1), ...ends.flatMap((end) => [`-${end}`, `--${end}`])];
}
