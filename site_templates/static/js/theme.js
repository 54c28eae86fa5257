// Runs before the first paint, so that the reader's theme never flashes. A classic script: modules run too late.
(() => {
  const root = document.documentElement;
  // A browser that is too old for the other scripts gets the page as it is without any.
  if ('popover' in root && 'noModule' in HTMLScriptElement.prototype) root.dataset.scripted = '';
  try {
    const theme = localStorage.getItem('livedocs.theme');
    if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  } catch {
    // Storage is closed to this page; the system's theme stands.
  }
})();
