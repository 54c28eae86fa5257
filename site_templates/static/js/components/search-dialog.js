/**
 * The search box in a dialog, for every page that has no box of its own. Its markup is the same for all pages, so it is
 * fetched once and kept by the browser.
 * @module
 */

/** @import { SearchBox } from './search-box.js' */

/**
 * @typedef {{dialog: HTMLDialogElement, box: SearchBox}} Panel
 */

export class SearchDialog {
  #opener;
  #panel;

  /**
   * @param {HTMLAnchorElement} opener The link that leads to the docset's search page where scripts don't run.
   * @param {URL} markup Where the dialog's markup is.
   * @param {(form: HTMLFormElement) => SearchBox} createBox
   */
  constructor(opener, markup, createBox) {
    this.#opener = opener;
    this.#panel = this.#create(markup, createBox);
    this.#panel.catch(() => {}); // Said when it is asked for.
    opener.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      void this.open();
    });
    const preload = () => this.#panel.then(({ box }) => box.preload(), () => {});
    opener.addEventListener('pointerenter', preload, { once: true });
    opener.addEventListener('focus', preload, { once: true });
  }

  async open() {
    try {
      const { dialog, box } = await this.#panel;
      if (!dialog.open) dialog.showModal();
      box.focus();
      box.preload();
    } catch {
      location.assign(this.#opener.href);
    }
  }

  /**
   * @param {URL} markup
   * @param {(form: HTMLFormElement) => SearchBox} createBox
   * @returns {Promise<Panel>}
   */
  async #create(markup, createBox) {
    const reply = await fetch(markup);
    const page = new DOMParser().parseFromString(await reply.text(), 'text/html');
    const dialog = page.querySelector('dialog');
    const form = dialog?.querySelector('form');
    if (!dialog || !form) throw new Error(`${markup}: holds no search dialog.`);
    form.dataset.docset = new URL('.', this.#opener.href).href;
    document.body.append(document.adoptNode(dialog));
    const box = createBox(form);
    box.onLeave = () => dialog.close();
    dialog.addEventListener('click', (event) => closeFromOutside(dialog, event));
    dialog.querySelector('[data-search-close]')?.addEventListener('click', () => dialog.close());
    return { dialog, box };
  }
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {MouseEvent} event
 */
function closeFromOutside(dialog, event) {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  const { clientX: x, clientY: y } = event;
  const inside = x >= left && x <= right && y >= top && y <= bottom;
  if (event.target === dialog && !inside) dialog.close();
}
