// <samspil-plan>: one citizen's plan inside a caseworker's own tool. It asks the hub as the person who sits there, shows
// what that person may see, and keeps nothing: no storage, no cookie, and the token in memory only.
import { el } from './dom.js';
import { failureFace, loadingFace, planFace, waitingFace } from './faces.js';
import { datesIn } from './format.js';
import { HubFailure, hubClient } from './hub.js';
import { styleSheet } from './style.js';
import { fill, wordsOf } from './texts.js';

const fields = 'citizen(name,age),plans(title),goals,interventions,contacts,appointments,statusEntries,links';
const refreshAfterMs = 60_000;
let components = 0;

/** A number, or an address that is none of ours, must not leave the page. */
const isCitizen = (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
const isHub = (text) => {
  const { protocol, hostname } = URL.canParse(text) ? new URL(text) : {};
  return protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname));
};

class SamspilPlan extends HTMLElement {
  static observedAttributes = ['citizen', 'hub', 'lang', 'view', 'purpose', 'target', 'level'];
  #root = this.attachShadow({ mode: 'open' });
  #uid = `samspil-${++components}`;
  #body = el('div', { class: 'root', part: 'root' });
  #status = el('p', { class: 'unseen', role: 'status' });
  #token;
  #getToken;
  #opened = new Set();
  #answers;
  #older = [];
  #loading;
  #planned = false;
  #loadedAt = 0;
  #unfolded = [];
  #calendarRefused = false;
  #client = hubClient(this.#access());

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [styleSheet()];
    this.#root.append(this.#body, this.#status);
  }

  get token() {
    return undefined;
  }
  set token(value) {
    this.#token = value;
    this.#plan();
  }
  get getToken() {
    return this.#getToken;
  }
  set getToken(value) {
    this.#getToken = value;
    this.#plan();
  }

  connectedCallback() {
    // Set before the script had come: taken over, so that the accessors see it.
    for (const name of ['token', 'getToken'])
      if (Object.hasOwn(this, name)) {
        const value = this[name];
        delete this[name];
        this[name] = value;
      }
    document.addEventListener('visibilitychange', this.#whenSeen);
    window.addEventListener('beforeprint', this.#unfold);
    window.addEventListener('afterprint', this.#foldAgain);
    this.#plan();
  }
  disconnectedCallback() {
    document.removeEventListener('visibilitychange', this.#whenSeen);
    window.removeEventListener('beforeprint', this.#unfold);
    window.removeEventListener('afterprint', this.#foldAgain);
    this.#loading?.abort();
    this.#forget();
  }
  attributeChangedCallback(name, before, after) {
    if (before === after) return;
    if (name === 'citizen' || name === 'hub' || name === 'purpose') this.#forget();
    this.#plan();
  }

  /** Asks the hub again; resolves when the view is as new as it gets. */
  async refresh() {
    if (this.isConnected) await this.#load();
  }

  #access() {
    const component = this;
    return {
      get hub() {
        return component.getAttribute('hub');
      },
      get purpose() {
        return component.getAttribute('purpose') ?? undefined;
      },
      get renews() {
        return component.#getToken !== undefined;
      },
      token: async (expired) =>
        component.#getToken === undefined ? component.#token : component.#getToken({ expired }),
    };
  }

  #forget() {
    this.#client.forget();
    this.#answers = undefined;
    this.#calendarRefused = false;
    this.#older = [];
    this.#opened.clear();
  }

  #whenSeen = () => {
    if (document.visibilityState === 'visible' && Date.now() - this.#loadedAt > refreshAfterMs) this.#plan();
  };

  /** On paper nothing can be opened. */
  #unfold = () => {
    this.#unfolded = [...this.#body.querySelectorAll('button[aria-expanded="false"], details:not([open]) > summary')];
    for (const one of this.#unfolded) one.click();
  };
  #foldAgain = () => {
    for (const one of this.#unfolded) one.click();
    this.#unfolded = [];
  };

  /** Several attributes set one after another are one load. */
  #plan() {
    if (this.#planned || !this.isConnected) return;
    this.#planned = true;
    queueMicrotask(() => {
      this.#planned = false;
      if (this.isConnected) this.#load();
    });
  }

  get #views() {
    const view = this.getAttribute('view');
    return view === 'all'
      ? ['plan', 'calendar', 'timeline']
      : [['calendar', 'timeline'].includes(view) ? view : 'plan'];
  }

  get #lang() {
    const asked = this.getAttribute('lang') ?? this.closest('[lang]')?.lang ?? 'da';
    return /^en\b/i.test(asked) ? 'en' : 'da';
  }

  get #ready() {
    const named = this.getAttribute('citizen') && this.getAttribute('hub');
    return Boolean(named) && (this.#token !== undefined || this.#getToken !== undefined);
  }

  async #load() {
    this.#loading?.abort();
    const loading = new AbortController();
    this.#loading = loading;
    const words = wordsOf(this.#lang);
    if (!this.#ready) {
      this.#answers = undefined;
      this.#show(...waitingFace(words));
      return;
    }
    if (this.#answers === undefined) this.#showLoading(words);
    try {
      if (!isCitizen(this.getAttribute('citizen')) || !isHub(this.getAttribute('hub')))
        throw new HubFailure('invalid', 0);
      await this.#client.begin();
      const found = await this.#ask(loading.signal);
      if (loading.signal.aborted) return;
      const first = this.#answers === undefined;
      this.#answers = found;
      this.#loadedAt = Date.now();
      this.#render();
      const { goals: some = [], interventions: others = [] } = found.plan?.value ?? {};
      this.#say(first && found.plan ? fill(words.loaded, { n: some.length, m: others.length }) : words.updated);
      this.#tell('samspil-loaded', { citizen: this.getAttribute('citizen'), views: this.#views });
    } catch (error) {
      if (!loading.signal.aborted) this.#fail(error instanceof HubFailure ? error : new HubFailure('unreachable', 0));
    }
  }

  /** The first answer decides whether there is anything to show; the others may be missing one by one. */
  async #ask(signal) {
    const at = `/v1/citizens/${encodeURIComponent(this.getAttribute('citizen'))}`;
    const views = this.#views;
    const [main] = views;
    const get = (path) => this.#client.get(`${at}/${path}`, signal);
    const part = (path) =>
      get(path).catch((error) => {
        if (signal.aborted || !(error instanceof HubFailure) || ['expired', 'hidden'].includes(error.kind)) throw error;
        return { failed: error.kind };
      });
    // Each question stands in the citizen's log: one that was refused is not asked again.
    const merged = () => (this.#calendarRefused ? { failed: 'refused' } : part('calendar'));
    const [plan, overlapping, meeting, course] = await Promise.all([
      main === 'plan' ? get(`plan?fields=${fields}`) : undefined,
      main === 'plan' ? part('overlaps') : undefined,
      main === 'plan' ? merged() : main === 'calendar' ? get('calendar') : undefined,
      views.includes('timeline') ? (main === 'timeline' ? get : part)('timeline?limit=50') : undefined,
    ]);
    this.#calendarRefused = meeting?.failed === 'refused';
    return { plan, overlaps: overlapping, calendar: meeting, timeline: course };
  }

  #fail(failure) {
    const words = wordsOf(this.#lang);
    // What could be seen may not stay on the screen when access to it has ended.
    const keeps = this.#answers !== undefined && ['unreachable', 'slow'].includes(failure.kind);
    if (keeps)
      this.#render(
        fill(words.unrefreshed, { when: datesIn(this.#lang).moment(new Date(this.#loadedAt).toISOString()) }),
      );
    else {
      this.#forget();
      this.#show(...failureFace(words, failure.kind, () => this.#load()));
    }
    this.#tell('samspil-error', { kind: failure.kind, status: failure.status });
  }

  #showLoading(words) {
    this.#show(...loadingFace(words));
    this.#body.setAttribute('aria-busy', 'true');
    this.#say(words.loading);
  }

  #render(warning) {
    const level = Number(this.getAttribute('level'));
    const settings = {
      lang: this.#lang,
      views: this.#views,
      uid: this.#uid,
      level: level >= 1 && level <= 4 ? level : 2,
      target: this.getAttribute('target') ?? '_blank',
      opened: this.#opened,
      tell: (type, detail) => this.#tell(type, detail),
      older: (after) => this.#olderPage(after),
    };
    this.#show(...planFace(settings, this.#answers, this.#older, warning));
  }

  async #olderPage(after) {
    try {
      const at = `/v1/citizens/${encodeURIComponent(this.getAttribute('citizen'))}/timeline?limit=50`;
      const { value } = await this.#client.get(`${at}&after=${encodeURIComponent(after)}`, this.#loading.signal);
      this.#older.push(value);
      this.#render();
    } catch (error) {
      if (error instanceof HubFailure) this.#fail(error);
    }
  }

  /** Puts it on the page; the focus stays on what has the same name as before. */
  #show(...children) {
    const key = this.#root.activeElement?.dataset.key;
    this.#body.removeAttribute('aria-busy');
    this.#body.lang = this.#lang;
    this.#body.replaceChildren(...children.filter((child) => child !== undefined && child !== false));
    if (key !== undefined) this.#body.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  }

  #say(text) {
    this.#status.lang = this.#lang;
    this.#status.textContent = text;
  }

  /** @returns false when the host wants to do it itself */
  #tell(type, detail) {
    return this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable: true }));
  }
}

if (customElements.get('samspil-plan') === undefined) customElements.define('samspil-plan', SamspilPlan);
