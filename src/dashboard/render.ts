// Pages from Eta templates, which escape every value by themselves. A template gets its data and, beside it, `t` (texts),
// `f` (times and numbers), `icon`, `can`, `csrf` and where it stands; layout.eta is around every page.
import { join } from 'node:path';
import { Eta } from 'eta';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { assetBase } from './assets.ts';
import { type DashboardContext, type Language, languages, type Viewer } from './context.ts';
import { errorPage } from './errors.ts';
import { createFormat, type Format } from './format.ts';
import { menuOf } from './menu.ts';
import { createTranslate, hasText, readTexts, type Translate, type Values } from './texts.ts';

export interface PageOptions {
  /** Of the window and the heading. A window's is remembered by the browser: nobody is named in it. */
  readonly title: string;
  /** The heading where it says more. */
  readonly heading?: string;
  readonly status?: number;
  /** Scripts beyond htmx: figures that change by themselves, charts. */
  readonly scripts?: readonly ('live' | 'chart')[];
}

/** Words and formats in the viewer's language. */
export interface Speech {
  readonly language: Language;
  readonly t: Translate;
  readonly f: Format;
  /** The text of a word from data, or the word itself where none is known. */
  word(group: string, code: string, values?: Values): string;
}

export interface Pages {
  speech(request: FastifyRequest): Speech;
  speechIn(language: Language): Speech;
  page(
    request: FastifyRequest,
    reply: FastifyReply,
    template: string,
    options: PageOptions,
    data?: object,
  ): FastifyReply;
  /** The page that says there is no such thing, whether it is absent or hidden. */
  missing(request: FastifyRequest, reply: FastifyReply): FastifyReply;
  /** A part of a page, for events that a page listens to. */
  part(language: Language, template: string, data?: object): string;
}

const cookieName = 'samspil-language';

/** As chosen on a page, else as the browser says, else Danish. */
export const languageOf = (request: FastifyRequest): Language => {
  const chosen = (request as { cookies?: Readonly<Record<string, string | undefined>> }).cookies?.[cookieName];
  const known = languages.find((one) => one === chosen);
  if (known !== undefined) return known;
  const accepted = (request.headers['accept-language'] ?? '').toLowerCase();
  return /^en\b/.test(accepted) ? 'en' : 'da';
};

export const languageCookie = cookieName;

const icon = (name: string, label?: string): string => {
  const named = label === undefined ? 'aria-hidden="true"' : `role="img" aria-label="${label.replace(/[&<>"]/g, '')}"`;
  return `<svg class="icon-svg" focusable="false" ${named}><use href="${assetBase}dkfds/img/all-svg-icons.svg#${name}"></use></svg>`;
};

/** What was just done, as the address says after a form was sent: `?done=source.paused`. */
const doneOf = (request: FastifyRequest): string | undefined => {
  const { done } = request.query as { done?: unknown };
  return typeof done === 'string' && /^[a-zA-Z.]{1,60}$/.test(done) ? done : undefined;
};

export const createPages = (context: Pick<DashboardContext, 'clock' | 'municipality' | 'csrfOf'>): Pages => {
  const eta = new Eta({
    views: join(import.meta.dirname, 'html'),
    autoEscape: true,
    cache: true,
  });
  // While somebody works on them edited templates and texts count from the next page on; within a page each is read once, however often it is used.
  const fresh = process.env['NODE_ENV'] === 'development';
  const speak = (language: Language): Speech => {
    const texts = readTexts(language);
    const t = createTranslate(language, texts);
    return {
      language,
      t,
      f: createFormat(language, () => context.clock.now()),
      word: (group, code, values) => (hasText(texts, `${group}.${code}`) ? t(`${group}.${code}`, values) : code),
    };
  };
  const speeches = { da: speak('da'), en: speak('en') };
  const speechIn = (language: Language): Speech => (fresh ? speak(language) : speeches[language]);
  const shared = (language: Language) => ({ ...speechIn(language), icon, asset: assetBase });
  const pages: Pages = {
    missing: (request, reply) => errorPage(pages, reply, 404, request.id),
    speech: (request) => speechIn(languageOf(request)),
    speechIn,
    part: (language, template, data = {}) => eta.render(`./${template}`, { ...shared(language), ...data }),
    page(request, reply, template, options, data = {}) {
      const language = languageOf(request);
      const { viewer } = request;
      const path = request.url.split('?')[0] ?? '/';
      const done = doneOf(request);
      const { t, word } = speechIn(language);
      const told = done === undefined ? undefined : word('done', done);
      if (fresh) eta.templatesSync.reset();
      const html = eta.render(`./${template}`, {
        ...shared(language),
        path,
        url: request.url,
        viewer,
        can: viewer?.rights ?? ({ view: false, operate: false, dpo: false } satisfies Viewer['rights']),
        menu: menuOf(viewer, path, t),
        municipality: context.municipality.name,
        shownAt: context.clock.now(),
        csrf: viewer === undefined ? undefined : context.csrfOf(reply),
        scripts: options.scripts ?? [],
        title: options.title,
        heading: options.heading ?? options.title,
        done: told === done ? undefined : told,
        ...data,
      });
      return reply
        .code(options.status ?? 200)
        .header('content-type', 'text/html; charset=utf-8')
        .send(html);
    },
  };
  return pages;
};
