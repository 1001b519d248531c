// Mends what Scalar draws, whenever it draws: buttons without a name or with one that is not what they show, lists that
// scroll and cannot be reached, boxes that all call themselves by the same words. Nothing else of its page is touched.
const textOf = (element) => (element?.textContent ?? '').replace(/\s+/g, ' ').trim();

const mend = () => {
  for (const button of document.querySelectorAll('button.scalar-code-copy:not([aria-label])'))
    button.setAttribute('aria-label', 'Copy this code');
  for (const button of document.querySelectorAll('button:is([aria-label], [aria-labelledby])')) {
    const shown = textOf(button);
    const by = button.getAttribute('aria-labelledby')?.split(' ') ?? [];
    const name = button.getAttribute('aria-label') ?? by.map((id) => textOf(document.getElementById(id))).join(' ');
    if (name.toLowerCase().includes(shown.toLowerCase())) continue;
    button.removeAttribute('aria-labelledby');
    button.setAttribute('aria-label', `${name}: ${shown}`);
  }
  for (const list of document.querySelectorAll('ul[aria-label$=" endpoints"]:not([tabindex])')) list.tabIndex = 0;
  const named = new Set();
  for (const region of document.querySelectorAll('div[role="region"][aria-labelledby], section[aria-labelledby]')) {
    const name = textOf(document.getElementById(region.getAttribute('aria-labelledby')));
    // A landmark is one place; what comes a hundred times is a group.
    if (named.has(name)) region.setAttribute('role', 'group');
    named.add(name);
  }
};

new MutationObserver(mend).observe(document.body, { childList: true, subtree: true });
mend();
