/**
 * Code and tables that scroll sideways can be scrolled by keyboard (axe: scrollable-region-focusable).
 * @module
 */

export function makeScrollersFocusable() {
  const observer = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting || !(target instanceof HTMLElement)) continue;
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      observer.unobserve(target);
    }
  });
  for (const scroller of document.querySelectorAll('.body pre, .body table')) observer.observe(scroller);
}
