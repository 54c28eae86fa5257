/**
 * Code and tables that scroll sideways can be scrolled by keyboard (axe: scrollable-region-focusable).
 * @module
 */

export function makeScrollersFocusable() {
  // Asking for widths makes the browser lay the page out, so it is done once, and for all before any is changed.
  const scrollers = [...document.querySelectorAll('.ld-body pre, .ld-body table')];
  const wide = scrollers.filter((scroller) => scroller.scrollWidth > scroller.clientWidth);
  for (const scroller of wide) scroller.setAttribute('tabindex', '0');
}
