import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const HERE = import.meta.dirname;
const CHECKOUT = join(HERE, '..', '..', '..');
const VENV = join(CHECKOUT, '.venv', 'bin', 'python');

/** The address of the made-up index; the pretended network serves nothing else. */
export const BASE = 'https://docs.example/toolbox/1.0/_search/';

/**
 * Let the real builder write the index of the made-up docset; return a pretended network that serves it.
 * @returns {{fetch: typeof fetch, asked: string[], broken: Set<string>, close: () => void}} `asked` grows by every file
 *   that is asked for; a file whose name ends like one in `broken` can't be had
 */
export function madeIndex() {
  const folder = mkdtempSync(join(tmpdir(), 'livedocs-index-'));
  const python = process.env.PYTHON ?? (existsSync(VENV) ? VENV : 'python3');
  const made = spawnSync(python, [join(HERE, 'made_index.py'), folder], { encoding: 'utf-8' });
  if (made.status !== 0) throw new Error(`made_index.py failed: ${made.stderr || made.error}`);
  const asked = [];
  const broken = new Set();
  const serve = async (address) => {
    const name = String(address).slice(BASE.length);
    asked.push(name);
    if ([...broken].some((end) => name.endsWith(end))) throw new TypeError('network away');
    const file = join(folder, name);
    return existsSync(file) ? new Response(readFileSync(file)) : new Response('', { status: 404 });
  };
  return { fetch: serve, asked, broken, close: () => rmSync(folder, { recursive: true }) };
}

export const ANSWERS = JSON.parse(readFileSync(join(HERE, 'answers.json'), 'utf-8'));
