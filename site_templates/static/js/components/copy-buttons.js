/**
 * A copy button on every code block; of an interactive session it gives what was typed, without prompts and output.
 * @module
 */

import { typedText } from '../lib/session-text.js';

/** Milliseconds for which a button says what it did. */
const NOTICE = 1600;

export function addCopyButtons() {
  if (!navigator.clipboard) return;
  for (const block of document.querySelectorAll('.ld-body .highlight')) {
    const code = block.querySelector('td.code pre, pre');
    if (code) block.append(createButton(code));
  }
}

/** @param {Element} code */
function createButton(code) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'ld-copy';
  button.textContent = 'Copy';
  button.addEventListener('click', async () => {
    button.textContent = (await copy(code)) ? 'Copied' : 'Not allowed';
    button.dataset.done = '';
    setTimeout(() => {
      button.textContent = 'Copy';
      delete button.dataset.done;
    }, NOTICE);
  });
  return button;
}

/**
 * @param {Element} code
 * @returns {Promise<boolean>} Whether the browser allowed it.
 */
async function copy(code) {
  const runs = Array.from(code.childNodes, (node) => ({
    text: node.textContent ?? '',
    prompt: node instanceof Element && node.classList.contains('gp'),
  }));
  try {
    await navigator.clipboard.writeText(typedText(runs));
    return true;
  } catch {
    return false;
  }
}
