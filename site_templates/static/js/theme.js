// Runs before the first paint, so that the reader's theme never flashes. A classic script: modules run too late.
(() => {
  const root = document.documentElement;
  root.dataset.scripted = '';
  try {
    const theme = localStorage.getItem('livedocs.theme');
    if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  } catch {
    // Storage is closed to this page; the system's theme stands.
  }
})();
