/**
 * Ask the browser's search engine, in Node, on the files of a built site:
 *
 *     node engine.mjs FOLDER_OF_THE_INDEX < QUERIES_AS_JSON
 *
 * Prints, as JSON, the places of the first ten results of each query: page and anchor.
 */

import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

import { createEngine } from '../../site_templates/static/js/search/engine.js';

const BASE = 'https://docs.example/_search/';
const folder = process.argv[2];

const engine = createEngine({
  base: BASE,
  fetch: async (address) => new Response(await readFile(`${folder}/${String(address).slice(BASE.length)}`)),
});

const found = [];
for (const query of JSON.parse(await text(process.stdin))) {
  const { results } = await engine.search(query);
  found.push(results.map(({ page, anchor }) => [page, anchor]));
}
process.stdout.write(JSON.stringify(found));
