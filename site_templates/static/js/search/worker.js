/** The search worker: hands messages to the handler. */

import { createHandler } from './messages.js';

const handle = createHandler((reply) => self.postMessage(reply));

self.addEventListener('message', (event) => void handle(event.data));
