// The faces of the component: waiting for its settings, loading, failed, and the plan. Each is a list of nodes.
import { el } from './dom.js';
import { datesIn } from './format.js';
import { freshness, heading } from './pieces.js';
import { calendar, contacts, goals, interventions, meetings, overlaps, timeline } from './sections.js';
import { fill, wordsOf } from './texts.js';

export const waitingFace = (words) => [
  el('p', { class: 'title' }, words.waiting),
  el('p', { class: 'quiet' }, words.waitingWhy),
];

export const loadingFace = (words) => {
  const bones = [0, 1, 2, 3].map(() => el('div', { class: 'bone' }));
  return [el('p', { class: 'quiet' }, words.loading), el('div', { class: 'grid', 'aria-hidden': 'true' }, bones)];
};

export const failureFace = (words, kind, again) => {
  const [title, why] = words.errors[kind];
  const attributes = { class: 'notice error', part: 'notice error', role: 'alert' };
  return [
    el('div', attributes, el('p', { class: 'name' }, title), el('p', {}, why)),
    el('button', { type: 'button', part: 'button', 'data-key': 'retry', onclick: again }, words.retry),
  ];
};

const head = (view, main, plan) => {
  const { words, lang } = view;
  const titles = { plan: words.plan, calendar: words.calendar, timeline: words.timeline };
  const text = plan?.plans[0]?.title ?? titles[main];
  const { name, age } = plan?.citizen ?? {};
  const about = [name, age !== undefined && `${age} ${lang === 'en' ? 'years' : 'år'}`].filter(Boolean).join(', ');
  return el(
    'div',
    { class: 'head' },
    heading(view, 0, text, { class: 'title', part: 'title' }),
    about !== '' && el('p', { class: 'about' }, about),
  );
};

/** @param older later pages of the course, as the reader asked for them */
export const planFace = (settings, answers, older, warning) => {
  const { lang, views } = settings;
  const words = wordsOf(lang);
  const { calendar: meeting, timeline: course } = answers;
  const plan = answers.plan?.value;
  const found = answers.overlaps?.value;
  const view = {
    ...settings,
    words,
    sources: (plan ?? meeting?.value ?? course.value).sources,
    dates: datesIn(lang),
    now: new Date().toISOString(),
    overlapping: new Set((found?.overlaps ?? []).flatMap(({ sides }) => sides.map(({ record }) => record))),
  };
  const failed = (part) => part?.failed && (part.failed === 'refused' ? words.refusedPart : words.unavailable);
  const pages = [course?.value, ...older].filter((page) => page !== undefined);
  const last = pages.at(-1);
  const all = last && { entries: pages.flatMap((page) => page.entries), more: last.more };
  const ofPlan = plan && [
    overlaps(view, found),
    goals(view, plan),
    interventions(view, plan),
    !views.includes('calendar') && meetings(view, plan, meeting?.value),
    contacts(view, plan),
  ];
  const hidden = plan?.hidden?.length ?? 0;
  return [
    head(view, views[0], plan),
    warning && el('p', { class: 'notice', part: 'notice', role: 'alert' }, warning),
    freshness(view),
    el(
      'div',
      { class: 'grid' },
      ofPlan,
      views.includes('calendar') && calendar(view, meeting?.value, failed(meeting)),
      views.includes('timeline') && timeline(view, all, failed(course), () => view.older(last.next)),
    ),
    el(
      'div',
      { class: 'limits', part: 'limits' },
      hidden > 0 && el('p', {}, fill(words.hidden, { n: hidden })),
      el('p', {}, words.cannotSee),
    ),
  ];
};
