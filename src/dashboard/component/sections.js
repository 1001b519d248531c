// The sections of the view, each from the hub's answer as it is: nothing is worked out that the hub has not said, only put in
// an order that serves the reader.
import { badge, el, fact, facts } from './dom.js';
import { flags, foot, heading, journalLink, section, sourceName, statusBadge, steps } from './pieces.js';
import { fill } from './texts.js';

const order = ['active', 'planned', 'onHold', 'unknown', 'completed', 'cancelled'];
const byStatus = (records) => records.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
const who = ({ responsible }) => [responsible?.person, responsible?.unit].filter(Boolean).join(', ');
const card = (...children) => el('li', { class: 'item', part: 'card' }, ...children);
/** What the sources say is Danish, whatever language it is shown among. */
const danish = ({ lang }) => (lang === 'da' ? undefined : 'da');
const name = (view, text) => heading(view, 2, text, { class: 'name', lang: danish(view) });
const badges = (...all) => {
  const some = all.flat().filter(Boolean);
  return some.length > 0 && el('div', { class: 'badges' }, some);
};

/** The newest status entry each record is told of, by the plan's own links. */
const latestAbout = ({ links = [], statusEntries = [] }) => {
  const entries = new Map(statusEntries.map((entry) => [entry.id, entry]));
  const found = new Map();
  for (const { from, to } of links) {
    const entry = entries.get(from);
    if (entry?.text !== undefined && !(found.get(to)?.at > entry.at)) found.set(to, entry);
  }
  return found;
};

export const goals = (view, plan) => {
  const { words, dates } = view;
  const latest = latestAbout(plan);
  const sorted = byStatus(plan.goals).toSorted((a, b) => Number(b.main === true) - Number(a.main === true));
  return section(view, 'goals', sorted, (goal) => {
    const entry = latest.get(goal.id);
    return card(
      name(view, goal.text),
      badges(
        statusBadge(view, goal.status),
        badge(goal.main ? words.main : words.category[goal.category]),
        flags(view, goal),
      ),
      steps(goal.status),
      facts(fact(words.responsible, who(goal)), fact(words.latest, entry && `${entry.text} (${dates.day(entry.at)})`)),
      el('p', { class: 'foot' }, dates.period(goal.period, words)),
      foot(view, goal),
    );
  });
};

const hours = ({ words, lang }, { hoursPerWeek }) =>
  hoursPerWeek !== undefined &&
  el('span', {}, fill(words.hours, { n: hoursPerWeek.toLocaleString(lang === 'en' ? 'en-GB' : 'da-DK') }));

export const interventions = (view, plan) => {
  const { words, dates } = view;
  return section(view, 'interventions', byStatus(plan.interventions), (one) =>
    card(
      name(view, one.title),
      badges(statusBadge(view, one.status, 'intervention'), flags(view, one)),
      facts(fact(words.provider, one.provider), fact(words.followUp, one.followUpAt && dates.day(one.followUpAt))),
      el('p', { class: 'foot' }, dates.period(one.period, words), hours(view, one)),
      foot(view, one),
    ),
  );
};

const meetingCard = (view, meeting) => {
  const { words, dates } = view;
  const records = meeting.records ?? [meeting];
  const place = [words.format[meeting.format], meeting.location].filter(Boolean).join(', ');
  const people = (meeting.participants ?? []).map((one) => [one.name, one.role].filter(Boolean).join(', '));
  return card(
    el('p', { class: 'when' }, el('time', { datetime: meeting.start }, dates.meeting(meeting, words.allDay))),
    name(view, meeting.title),
    badges(
      meeting.status !== 'planned' && statusBadge(view, meeting.status, 'appointment'),
      records.some((one) => view.overlapping.has(one.id)) && badge(words.overlap, 'warn'),
    ),
    el('p', {}, place),
    facts(fact(words.withWhom, people.join('; ') || meeting.organiser)),
    records.map((one) => foot(view, one)),
  );
};

const upcoming = (meetings, now) =>
  meetings
    .filter(({ start, end, status }) => (end ?? start) >= now && status !== 'cancelled')
    .toSorted((a, b) => (a.start < b.start ? -1 : 1));

/** Merged meetings where the calendar may be read; else the appointments one by one. */
export const meetings = (view, plan, calendar) =>
  section(view, 'meetings', upcoming(calendar?.meetings ?? plan.appointments, view.now), (one) =>
    meetingCard(view, one),
  );

export const calendar = (view, answer, failed) => {
  const { words, dates } = view;
  const busy = (answer?.busy ?? []).map((one) => ({ ...one, busy: true }));
  const all = [...(answer?.meetings ?? []), ...busy].toSorted((a, b) => (a.start < b.start ? -1 : 1));
  const over = ({ start, end }) => (end ?? start) < view.now;
  // What lies ahead first, then back in time.
  const sorted = [...all.filter((one) => !over(one)), ...all.filter(over).reverse()];
  const make = (one) =>
    one.busy
      ? card(el('p', { class: 'when' }, dates.meeting(one, '')), el('p', {}, words.busy))
      : meetingCard(view, one);
  return section(view, 'calendar', sorted, make, { wide: true, first: 10, failed });
};

export const contacts = (view, plan) => {
  const reach = (scheme, text) =>
    text && el('a', { href: `${scheme}:${encodeURIComponent(text)}`, part: 'link' }, text);
  const sorted = plan.contacts.toSorted((a, b) => Number(b.professional) - Number(a.professional));
  const make = (one) =>
    card(
      name(view, one.name ?? one.role.display),
      el(
        'p',
        { class: 'about' },
        [one.name && one.role.display, one.unit, one.organisation].filter(Boolean).join(', '),
      ),
      el('p', { class: 'foot' }, reach('tel', one.phone), reach('mailto', one.email)),
      foot(view, one),
    );
  return section(view, 'contacts', sorted, make, { wide: view.views.includes('calendar') });
};

const ofItself = ['status', 'appointment'];

export const timeline = (view, answer, failed, older) => {
  const { words, dates } = view;
  const make = (entry) =>
    el(
      'li',
      { part: 'card' },
      el('p', { class: 'when' }, dates.moment(entry.at) || words.unknownDay),
      el(
        'div',
        {},
        name(view, entry.title),
        badges(
          badge(words.what[entry.what] ?? entry.what),
          ofItself.includes(entry.what) && statusBadge(view, entry.status, entry.kind),
        ),
        el('p', { class: 'text', lang: danish(view) }, entry.text),
        entry.measure && el('p', {}, `${entry.measure.scale}: ${entry.measure.label ?? entry.measure.value}`),
        foot(view, { ...entry, id: entry.record }),
      ),
    );
  const after =
    answer?.more && el('button', { type: 'button', part: 'button', 'data-key': 'older', onclick: older }, words.older);
  const entries = answer?.entries ?? [];
  return section(view, 'timeline', entries, make, { wide: true, style: 'course', first: 10, failed, after });
};

/** What the hub has found to stand against each other, both sides with their source; nobody decides it here. */
export const overlaps = (view, answer) => {
  const { words, dates, uid } = view;
  if (answer === undefined || answer.overlaps.length === 0) return undefined;
  const side = (one) =>
    el('li', {}, `${one.title} · ${sourceName(view, one.source)} `, journalLink(view, { ...one, id: one.record }));
  const make = (one) =>
    el(
      'li',
      {},
      heading(view, 2, `${words.rule[one.rule] ?? ''}${one.from ? ` (${dates.moment(one.from)})` : ''}`, {
        class: 'name',
      }),
      el('p', {}, words.reason[one.rule] ?? one.reason),
      el('ul', { class: 'sides', role: 'list' }, one.sides.map(side)),
    );
  const box = section(view, 'overlaps', answer.overlaps, make, { wide: true, first: 3, style: '' });
  box.classList.add('notice');
  box.id = `${uid}-flags`;
  return box;
};
