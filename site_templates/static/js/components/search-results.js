/**
 * Rows of the result list, cloned from the page's `<template>`.
 * @module
 */

import { markedPieces } from '../lib/marked.js';

/**
 * What a row shows.
 * @typedef {object} Result
 * @property {string} url The address of page and anchor, relative to the docset's root.
 * @property {string} page Upstream path.
 * @property {string} kind
 * @property {string} name
 * @property {string} title
 * @property {string} signature
 * @property {string} summary
 * @property {string} trail
 * @property {string} added
 * @property {string} deprecated
 * @property {readonly (readonly [number, number])[]} marks Where the title matches.
 * @property {string} [tier] Why it was found.
 * @property {number} [score]
 * @property {readonly (readonly [reason: string, worth: number])[]} [reasons] What adds up to the score, where asked for.
 */

/** Kinds whose titles are words; all others are code. */
const PLAIN_KINDS = new Set(['page', 'module', 'section', 'glossary term']);

/**
 * @param {HTMLTemplateElement} template
 * @param {Result} result
 * @param {{id: string, root: URL}} place The row's id, and the docset's address.
 * @returns {HTMLAnchorElement}
 */
export function createRow(template, result, { id, root }) {
  const row = template.content.querySelector('a')?.cloneNode(true);
  if (!(row instanceof HTMLAnchorElement)) throw new Error('The template of a result holds no link.');
  row.id = id;
  row.href = root.href + result.url;
  row.classList.toggle('is-symbol', !PLAIN_KINDS.has(result.kind));
  const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (row.querySelector(`.ld-result-${name}`));
  part('title').replaceChildren(...highlighted(result.title, result.marks));
  part('kind').textContent = result.kind;
  part('kind').after(...badges(result));
  part('signature').textContent = saysMore(result) ? result.signature : '';
  part('summary').textContent = result.summary;
  part('trail').textContent = result.trail;
  if (result.reasons) row.append(element('span', 'ld-result-reasons', explained(result)));
  return row;
}

/**
 * @param {Result} result
 * @returns {boolean} Whether the signature says more than the name.
 */
function saysMore({ name, signature }) {
  return !name.endsWith(signature.replace(/\(\)$/, ''));
}

/**
 * @param {string} text
 * @param {readonly (readonly [number, number])[]} marks
 */
function highlighted(text, marks) {
  return markedPieces(text, marks).map((piece) => (piece.marked ? element('mark', '', piece.text) : piece.text));
}

/**
 * @param {Result} result
 * @returns {string} Why it stands where it stands, in the words of `livedocs search --explain`.
 */
function explained({ tier, score = 0, reasons = [] }) {
  const worths = reasons.map(([reason, worth]) => `${reason} ${worth.toFixed(1)}`);
  return `${tier}, ${score.toFixed(1)}: ${worths.join(', ')}`;
}

/** @param {Result} result */
function badges({ added, deprecated }) {
  const badges = [];
  if (added) badges.push(element('span', 'ld-badge is-added', `since ${added}`));
  if (deprecated) badges.push(element('span', 'ld-badge is-deprecated', 'deprecated'));
  return badges;
}

/**
 * @param {string} tag
 * @param {string} className
 * @param {string} text
 */
function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}
