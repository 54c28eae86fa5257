/**
 * A page may be open while a new build takes the place of its own: scripts that it has not started yet are gone then,
 * unless a service worker keeps them.
 * @module
 */

/** @returns {Promise<boolean>} Whether this page runs other scripts now than when it was opened. */
export async function isOutdated() {
  const main = document.querySelector('script[type=module]');
  if (!(main instanceof HTMLScriptElement)) return false;
  const mark = main.src ? main.src.slice(main.src.lastIndexOf('/')) : main.text;
  try {
    const reply = await fetch(location.href, { cache: 'no-cache' });
    return !(await reply.text()).includes(mark);
  } catch {
    return false; // The line is down.
  }
}
