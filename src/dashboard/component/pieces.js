// What every section is made of: a heading with its count, a list that opens when it is long, the foot of a record that
// says where it comes from, and how old that is.
import { badge, el, webAddress } from './dom.js';
import { fill } from './texts.js';

const toneOf = { active: 'busy', completed: 'good', onHold: 'warn', unknown: 'warn' };

/** @param name the kind, where its end has a word of its own */
export const statusBadge = ({ words }, status, name) => {
  if (status === undefined) return undefined;
  const text = (status === 'completed' && words.completed[name]) || words.status[status];
  return text === undefined ? undefined : badge(text, toneOf[status]);
};

/** Planned, under way, reached: seen at a glance, said by the badge beside it. */
export const steps = (status) => {
  const done = { planned: 0, active: 1, completed: 2 }[status];
  if (done === undefined) return undefined;
  const step = (n) => el('span', { class: n < done ? 'done' : undefined });
  return el('div', { class: 'steps', part: 'progress', 'aria-hidden': 'true' }, step(0), step(1));
};

export const heading = (view, level, text, attributes = {}) =>
  el(`h${Math.min(6, view.level + level)}`, attributes, text);

export const sourceName = ({ sources }, id) => sources.find((source) => source.id === id)?.title ?? id;

/** A link to the record in its own system. The host may open it itself: it prevents the event's default. */
export const journalLink = (view, { journalUrl, source, id }) => {
  const url = webAddress(journalUrl);
  if (url === undefined) return undefined;
  const { words, target } = view;
  const open = (event) => {
    if (!view.tell('samspil-open-journal', { url, source, record: id })) event.preventDefault();
  };
  const blank = target === '_blank';
  return el(
    'a',
    { href: url, target, rel: 'noopener noreferrer', part: 'link', onclick: open },
    fill(words.journal, { what: sourceName(view, source) }),
    blank && el('span', { class: 'unseen' }, ` ${words.journalNew}`),
  );
};

/** Where a record comes from, and the way there. */
export const foot = (view, record) => {
  const from = [sourceName(view, record.source), view.words.domain[record.domain]].filter(Boolean).join(' · ');
  return el('p', { class: 'foot' }, el('span', {}, from), journalLink(view, record));
};

export const flags = (view, record) => [
  view.overlapping.has(record.id) && badge(view.words.overlap, 'warn'),
  record.staleSince !== undefined && badge(view.words.stale, 'warn'),
];

/** At most `first` until the reader wants all; then the focus is on the first that was not there. */
const opening = (view, key, title, list, items, make, first) => {
  const { words, opened } = view;
  const show = (all) => list.replaceChildren(...(all ? items : items.slice(0, first)).map(make));
  show(opened.has(key));
  if (items.length <= first) return undefined;
  const label = () => (opened.has(key) ? words.fewer : fill(words.more, { n: items.length }));
  const button = el('button', { type: 'button', part: 'button', 'data-key': key, 'aria-controls': key });
  const reflect = () => {
    button.replaceChildren(label(), el('span', { class: 'unseen' }, ` (${title})`));
    button.setAttribute('aria-expanded', String(opened.has(key)));
  };
  button.addEventListener('click', () => {
    if (!opened.delete(key)) opened.add(key);
    show(opened.has(key));
    reflect();
    const next = opened.has(key) ? list.children[first] : undefined;
    next?.setAttribute('tabindex', '-1');
    (next ?? button).focus();
  });
  reflect();
  return button;
};

/** Nothing there: said as such only when every source has been asked. */
const nothing = (view, key) => {
  const { words, sources } = view;
  const missing = sources.filter((source) => source.state === 'unknown').map((source) => source.title ?? source.id);
  const text = missing.length === 0 ? words.none[key] : fill(words.noneYet, { what: missing.join(', ') });
  return el('p', { class: 'quiet' }, text);
};

/** @param key names the section in the texts and for the reader's opened lists */
export const section = (view, key, items, make, options = {}) => {
  const { words, uid } = view;
  const id = `${uid}-${key}`;
  const list = el('ul', { class: `list ${options.style ?? 'cards'}`, part: 'list', id: `${id}-list`, role: 'list' });
  const count = items.length > 0 && el('span', { class: 'count' }, ` ${items.length}`);
  const title = heading(view, 1, [words[key], count], { id, class: 'heading', part: 'heading' });
  const failed = options.failed && el('p', { class: 'quiet' }, options.failed);
  const body = failed || (items.length === 0 ? nothing(view, key) : list);
  const button = failed ? undefined : opening(view, `${id}-list`, words[key], list, items, make, options.first ?? 5);
  const attributes = { class: `section${options.wide ? ' wide' : ''}`, part: 'section', 'aria-labelledby': id };
  return el('section', attributes, title, body, button, options.after);
};

/** How old the view is: what is late or not fetched is always said, the rest on demand. */
export const freshness = (view) => {
  const { words, sources, dates } = view;
  const nameOf = (source) => source.title ?? source.id;
  const warnings = sources.flatMap((source) => {
    const values = { what: nameOf(source), when: source.syncedAt === undefined ? '' : dates.moment(source.syncedAt) };
    if (source.state === 'fresh') return [];
    return [el('li', {}, fill(source.state === 'late' ? words.lateWhy : words.unknownWhy, values))];
  });
  const states = { fresh: ['good', words.current], late: ['warn', words.late], unknown: ['warn', words.unknown] };
  const rows = sources.map((source) => {
    const [tone, name] = states[source.state] ?? states.unknown;
    const when = source.syncedAt && fill(words.fetched, { when: dates.moment(source.syncedAt) });
    return el(
      'li',
      { class: 'source' },
      el('span', {}, nameOf(source)),
      badge(name, tone),
      el('span', { class: 'quiet' }, when),
    );
  });
  return el(
    'div',
    { class: 'freshness', part: 'freshness' },
    warnings.length > 0
      ? el('div', { class: 'notice', part: 'notice' }, el('ul', { class: 'list', role: 'list' }, warnings))
      : el('p', { class: 'quiet' }, words.fresh),
    el(
      'details',
      {},
      el('summary', {}, `${words.sources} (${sources.length})`),
      el('ul', { class: 'list', role: 'list' }, rows),
    ),
  );
};
