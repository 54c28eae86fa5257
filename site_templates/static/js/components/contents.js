/**
 * Keep the current page in sight in the contents at the side, where the reader left it if that shows it.
 * @module
 */

const PLACE = 'livedocs.contents-place';

export function keepContentsInView() {
  const contents = document.querySelector('[data-contents]');
  const current = contents?.querySelector('[aria-current]');
  if (!(contents instanceof HTMLElement) || !(current instanceof HTMLElement)) return;
  contents.scrollTop = Number(readPlace() ?? 0);
  const box = contents.getBoundingClientRect();
  const line = current.getBoundingClientRect();
  if (line.top < box.top || line.bottom > box.bottom) contents.scrollTop += line.top - box.top - box.height / 3;
  addEventListener('pagehide', () => writePlace(contents.scrollTop));
}

function readPlace() {
  try {
    return sessionStorage.getItem(PLACE);
  } catch {
    return null;
  }
}

/** @param {number} place */
function writePlace(place) {
  try {
    sessionStorage.setItem(PLACE, String(Math.round(place)));
  } catch {
    // Storage is closed to this page; the current line is brought into view instead.
  }
}
