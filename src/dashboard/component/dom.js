// Everything on the page is made here, node by node: data becomes text, never markup. An address is followed only when
// it is a web address.

/** An element. `on…` properties listen, `part` and the rest are attributes; undefined ones are left out. */
export const el = (name, attributes, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? '' : String(value));
  }
  element.append(...children.flat(3).filter((child) => child !== undefined && child !== false && child !== ''));
  return element;
};

/** The address, if a browser may follow it. */
export const webAddress = (text) => {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) ? url.href : undefined;
};

/** One row of a description: what it is, and what it says; nothing when it says nothing. */
export const fact = (name, value) =>
  value === undefined || value === ''
    ? undefined
    : el('div', { class: 'fact' }, el('dt', {}, name), el('dd', {}, value));

export const facts = (...rows) => {
  const said = rows.filter((row) => row !== undefined);
  return said.length === 0 ? undefined : el('dl', { class: 'facts' }, said);
};

export const badge = (text, tone = 'plain') =>
  el('span', { class: `badge ${tone}`, part: `badge badge-${tone}` }, text);
