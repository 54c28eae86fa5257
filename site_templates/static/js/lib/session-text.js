/**
 * The text that a copy button gives: of an interactive session only what was typed, of anything else all.
 * @module
 */

/**
 * A run of text of a code block.
 * @typedef {{text: string, prompt: boolean}} Run
 */

/**
 * Leave out prompts, and of a block with prompts also the lines that have none: they are output.
 * @param {readonly Run[]} runs In document order; a prompt (`>>> `, `... `, `$ `) is a run of its own.
 * @returns {string}
 */
export function typedText(runs) {
  const whole = runs.map((run) => run.text).join('');
  if (!runs.some((run) => run.prompt)) return withoutLastBreak(whole);
  return linesOf(runs)
    .filter((line) => line.prompted)
    .map((line) => line.text)
    .join('\n');
}

/**
 * @param {readonly Run[]} runs
 * @returns {{text: string, prompted: boolean}[]}
 */
function linesOf(runs) {
  const lines = [{ text: '', prompted: false }];
  for (const run of runs) {
    const [first = '', ...more] = run.text.split('\n');
    extend(lines[lines.length - 1], first, run.prompt);
    for (const text of more) lines.push(extend({ text: '', prompted: false }, text, run.prompt));
  }
  return lines;
}

/**
 * @param {{text: string, prompted: boolean}} line
 * @param {string} text
 * @param {boolean} prompt
 */
function extend(line, text, prompt) {
  if (!prompt) line.text += text;
  else if (text) line.prompted = true;
  return line;
}

/** @param {string} text */
function withoutLastBreak(text) {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}
