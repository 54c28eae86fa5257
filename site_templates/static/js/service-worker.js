/**
 * The service worker: what was read stays readable, and the search answers from what it has loaded.
 *
 * A classic script that `/sw.js` runs after it has said in `self.livedocs` what the build is made of. Assets and parts
 * of the index have names that change with what they hold, so they are taken from the caches wherever they are there;
 * pages come from the network, and from the caches where that is away or slow. Nothing of an older build is thrown away
 * while a page that is kept still needs it, so a page and its assets are always of one build.
 */
(() => {
  /**
   * @typedef {{assets: string[], shell: string[], docsets: string[]}} Build Paths in the site.
   * @typedef {Event & {waitUntil: (work: Promise<unknown>) => void}} Lasting
   * @typedef {Lasting & {
   *   request: Request, preloadResponse?: Promise<Response | undefined>, respondWith: (reply: Promise<Response>) => void,
   * }} Fetched
   */
  const worker = /** @type {any} The DOM's types know no service workers. */ (self);
  const { assets, shell, docsets } = /** @type {Build} */ (worker.livedocs);
  const root = new URL('./', worker.location.href);

  /** Milliseconds that a page from the network may take before the kept copy is shown. */
  const PATIENCE = 4000;

  /** Milliseconds without a key after which the parts of an index that were fetched are put into a cache. */
  const REST = 1000;
  const OURS = `livedocs ${root.pathname} `;
  const ASSETS = `${OURS}assets`;
  const READ = `${OURS}read`;
  const KEPT = `${OURS}kept `;
  const ASSET_NAMES = /\bassets\/[\w.-]+|['"]\.\/[\w.-]+['"]/g;

  /** Whether any docset is kept whole: then parts are looked for here first. Null while that is not known. */
  let whole = /** @type {boolean | null} */ (null);
  /** @type {Set<string>} Parts of an index to be put into a cache. */
  const fetched = new Set();
  let newest = 0;
  void noteWhole();

  worker.addEventListener('install', (/** @type {Lasting} */ event) => {
    worker.skipWaiting();
    event.waitUntil(install());
  });
  worker.addEventListener('activate', (/** @type {Lasting} */ event) => event.waitUntil(activate()));
  worker.addEventListener('fetch', (/** @type {Fetched} */ event) => {
    const { request } = event;
    const path = request.method === 'GET' ? pathOf(request.url) : null;
    // What is fetched to be kept whole goes past this, and is not kept twice.
    if (path === null || request.cache === 'no-store') return;
    if (isPart(path) && whole === false && worker.navigator.onLine) event.waitUntil(keepLater(request.url));
    else if (isImmutable(path)) event.respondWith(fromCacheFirst(request, path));
    else if (request.mode === 'navigate' || isOurs(path)) event.respondWith(fromNetworkFirst(event));
  });

  async function install() {
    const cache = await caches.open(ASSETS);
    const missing = [];
    for (const path of assets) if (!(await cache.match(addressOf(path)))) missing.push(addressOf(path));
    await cache.addAll(missing);
    await cache.addAll(shell.map((path) => new Request(addressOf(path), { cache: 'no-cache' })));
  }

  async function activate() {
    await worker.registration.navigationPreload?.enable();
    await worker.clients.claim();
    await sweepAssets();
  }

  /** Throw away the assets that neither this build nor a page of an older one needs. */
  async function sweepAssets() {
    const cache = await caches.open(ASSETS);
    const needed = new Set([...assets, ...shell].map(addressOf));
    for (const name of await caches.keys()) {
      if (name === READ || name.startsWith(KEPT)) await notePages(await caches.open(name), needed);
    }
    // A set that grows is gone through to its end: what is needed needs others in turn.
    for (const url of needed) await noteAssets(await cache.match(url, { ignoreVary: true }), needed);
    for (const request of await cache.keys()) if (!needed.has(request.url)) await cache.delete(request);
  }

  /**
   * Note which assets the pages of a cache are made with.
   * @param {Cache} cache
   * @param {Set<string>} needed
   */
  async function notePages(cache, needed) {
    for (const request of await cache.keys()) {
      if (!request.url.includes('/_search/')) await noteAssets(await cache.match(request, { ignoreVary: true }), needed);
    }
  }

  /**
   * Note which assets a page or a script names.
   * @param {Response | undefined} reply
   * @param {Set<string>} needed
   */
  async function noteAssets(reply, needed) {
    if (!reply || !/text\/html|javascript/.test(reply.headers.get('content-type') ?? '')) return;
    for (const [found] of (await reply.text()).matchAll(ASSET_NAMES)) {
      needed.add(addressOf(`assets/${found.replace(/^.*\/|['"]/g, '')}`));
    }
  }

  /**
   * @param {Request} request
   * @param {string} path
   */
  async function fromCacheFirst(request, path) {
    const asset = path.startsWith('assets/');
    const kept = await (asset ? findIn(ASSETS, request.url) : find(request.url));
    if (kept) return kept;
    const reply = await fetch(request);
    if (reply.ok) void put(asset ? ASSETS : READ, request.url, reply.clone());
    return reply;
  }

  /**
   * Keep a part of an index that the page fetches past this worker: who types waits for it, and through here it takes
   * twice as long. The page looks into the caches itself where that fails.
   * @param {string} url
   */
  async function keepLater(url) {
    fetched.add(url);
    const number = ++newest;
    await new Promise((resolve) => setTimeout(resolve, REST));
    if (number !== newest) return;
    const urls = [...fetched];
    fetched.clear();
    const cache = await caches.open(READ);
    for (const one of urls) if (!(await cache.match(one, { ignoreVary: true }))) await cache.add(one).catch(() => {});
    await noteWhole();
  }

  async function noteWhole() {
    whole = (await caches.keys()).some((name) => name.startsWith(KEPT));
  }

  /** @param {Fetched} event */
  async function fromNetworkFirst(event) {
    const key = keyOf(event.request.url);
    const coming = fromNetwork(event, key);
    const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE));
    try {
      const reply = await Promise.race([coming, patience.then(() => find(key))]);
      return reply ?? (await coming);
    } catch (error) {
      const kept = (await find(key)) ?? (event.request.mode === 'navigate' ? await find(addressOf('offline.html')) : undefined);
      if (kept) return kept;
      throw error;
    }
  }

  /**
   * Fetch what is asked for and keep it; a server in trouble counts as one that is away.
   * @param {Fetched} event
   * @param {string} key
   */
  async function fromNetwork(event, key) {
    const reply = (await event.preloadResponse) ?? (await fetch(event.request));
    if (reply.status >= 500 && (await find(key))) throw new TypeError(`${key}: ${reply.status}`);
    if (reply.ok && !reply.redirected) event.waitUntil(keep(key, reply.clone()));
    return reply;
  }

  /**
   * Keep a reply; with a new root of an index, what the old one led to goes.
   * @param {string} key
   * @param {Response} reply
   */
  async function keep(key, reply) {
    if (key.endsWith('/_search/root.json')) await forgetParts(key, await reply.clone().text());
    await put(READ, key, reply);
  }

  /**
   * @param {string} key The address of an index's root.
   * @param {string} root What it holds now: the names of all folders among other things.
   */
  async function forgetParts(key, root) {
    const cache = await caches.open(READ);
    if ((await (await cache.match(key))?.text()) === root) return;
    const index = new URL('.', key).href;
    for (const request of await cache.keys()) {
      const folder = request.url.startsWith(index) && request.url.slice(index.length).split('/')[0];
      if (folder && folder !== 'root.json' && !root.includes(folder)) await cache.delete(request);
    }
  }

  /**
   * @param {string} name
   * @param {string} key
   * @param {Response} reply
   */
  async function put(name, key, reply) {
    try {
      await (await caches.open(name)).put(key, reply);
    } catch {
      // No room on the device: the page is read from the network as before.
    }
  }

  /**
   * Look where whole docsets are kept first: a docset's pages and index are of one build there.
   * @param {string} key
   * @returns {Promise<Response | undefined>}
   */
  async function find(key) {
    const names = (await caches.keys()).filter((name) => name.startsWith(KEPT));
    for (const name of [...names, READ, ASSETS]) {
      const found = await findIn(name, key);
      if (found) return found;
    }
    return undefined;
  }

  /**
   * @param {string} name
   * @param {string} key
   */
  async function findIn(name, key) {
    return (await caches.open(name)).match(key, { ignoreVary: true });
  }

  /** @param {string} url */
  function keyOf(url) {
    const { origin, pathname } = new URL(url);
    return origin + pathname.replace(/\/index\.html$/, '/');
  }

  /** @param {string} path */
  function addressOf(path) {
    return new URL(path, root).href;
  }

  /**
   * @param {string} url
   * @returns {string | null} Its path in the site; null where it is elsewhere or the API's.
   */
  function pathOf(url) {
    const { origin, pathname } = new URL(url);
    if (origin !== root.origin || !pathname.startsWith(root.pathname)) return null;
    const path = pathname.slice(root.pathname.length);
    return /^(?:api|-)(?:\/|$)/.test(path) ? null : path;
  }

  /** @param {string} path */
  function isImmutable(path) {
    return path.startsWith('assets/') || isPart(path);
  }

  /** @param {string} path */
  function isPart(path) {
    return /\/_search\/[^/]+\//.test(path);
  }

  /** @param {string} path */
  function isOurs(path) {
    return docsets.some((prefix) => path.startsWith(prefix));
  }
})();
