/**
 * "On this page" follows the scroll: the line of what is being read is marked and kept in sight.
 * @module
 */

import { lastBefore } from '../lib/last-before.js';

/** Pixels below the header at which a heading counts as reached. */
const LEAD = 48;

export function followScroll() {
  const outline = document.querySelector('[data-outline]');
  if (!(outline instanceof HTMLElement)) return;
  const lines = linesOf(outline);
  if (lines.length === 0) return;
  const update = oncePerFrame(() => mark(outline, lines));
  addEventListener('scroll', update, { passive: true });
  addEventListener('resize', update, { passive: true });
  outline.addEventListener('click', (event) => {
    if (event.target instanceof HTMLAnchorElement && outline.matches(':popover-open')) outline.hidePopover();
  });
  update();
}

/**
 * @typedef {{link: HTMLAnchorElement, target: HTMLElement}} Line
 * @param {HTMLElement} outline
 * @returns {Line[]}
 */
function linesOf(outline) {
  const lines = [];
  for (const link of outline.querySelectorAll('a')) {
    const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (target) lines.push({ link, target });
  }
  return lines;
}

/**
 * @param {HTMLElement} outline
 * @param {readonly Line[]} lines
 */
function mark(outline, lines) {
  const header = document.querySelector('.ld-site-header')?.getBoundingClientRect().bottom ?? 0;
  const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
  const top = (/** @type {number} */ index) => lines[index].target.getBoundingClientRect().top;
  const reached = lastBefore(lines.length, top, atEnd ? innerHeight : header + LEAD);
  const current = outline.querySelector('[aria-current]');
  const link = lines[reached]?.link;
  if (current === (link ?? null)) return;
  current?.removeAttribute('aria-current');
  if (!link) return;
  link.setAttribute('aria-current', 'true');
  keepInSight(outline, link);
}

/**
 * @param {HTMLElement} outline
 * @param {HTMLElement} link
 */
function keepInSight(outline, link) {
  const box = outline.getBoundingClientRect();
  const line = link.getBoundingClientRect();
  if (line.top < box.top + 24 || line.bottom > box.bottom - 24) {
    outline.scrollTop += line.top - box.top - box.height / 3;
  }
}

/** @param {() => void} work */
function oncePerFrame(work) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      work();
    });
  };
}
