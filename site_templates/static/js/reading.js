/**
 * What a page of the docs does beside the search; other pages never load it.
 * @module
 */

import { keepContentsInView } from './components/contents.js';
import { addCopyButtons } from './components/copy-buttons.js';
import { followScroll } from './components/outline.js';
import { makeScrollersFocusable } from './components/scrollers.js';

keepContentsInView();
followScroll();
addCopyButtons();
if ('requestIdleCallback' in globalThis) requestIdleCallback(makeScrollersFocusable);
else setTimeout(makeScrollersFocusable, 200);
