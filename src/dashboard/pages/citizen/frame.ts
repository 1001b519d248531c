// The frame of every page about one citizen: the same page at `/my/<part>` for the citizen themselves and at
// `/citizens/<id>/<part>` for whoever else the feed answers. It asks the feed as the viewer and nobody else; what the feed
// does not show is not there (404, hidden or absent alike).
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { DashboardContext, FeedAnswer, FeedQuestion, Viewer } from '../../context.ts';
import { errorPage } from '../../errors.ts';
import { uuidPattern, viewerOf } from '../../input.ts';
import type { PageOptions, Pages } from '../../render.ts';
import { type Part, partsFor } from './parts.ts';
import type { ShownPlan } from './shown.ts';

/** The feed said no; the page says it in its own words. */
export class Refused extends Error {
  readonly status: number;
  readonly answer: FeedAnswer;
  constructor(answer: FeedAnswer) {
    super(`The feed answered ${answer.status}.`);
    this.status = answer.status;
    this.answer = answer;
  }
}

/** Where a page about a citizen stands. */
export interface At {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly viewer: Viewer;
  readonly id: string;
  /** `/my` or `/citizens/<id>`: what links on the page begin with. */
  readonly base: string;
  /** The citizen's own page. */
  readonly own: boolean;
  /** @param tail of `/v1/citizens/<id>`. @throws Refused unless the feed answers 2xx */
  get<T>(tail: string): Promise<T>;
  /** The feed's answer to anything, whatever it is. */
  ask(question: FeedQuestion): Promise<FeedAnswer>;
  /** Does something. @param key the same again is the same act. @throws Refused unless the feed answers 2xx */
  post<T>(path: string, body: unknown, key?: string): Promise<T>;
  /** The page in the citizen's frame: tabs, and whose plan this is (asked of the feed unless `data` has it). */
  show(template: string, options: PageOptions, data?: Framed): Promise<FastifyReply>;
}

/** Whom a page is about, as far as the viewer may know. */
export type ShownWho = Partial<Pick<ShownPlan['citizen'], 'name' | 'age'>>;
type Framed = Readonly<Record<string, unknown>> & { readonly citizen?: ShownWho };

export type CitizenHandler = (at: At) => Promise<FastifyReply>;
type Params = { readonly id?: string };

const whoIs = (request: FastifyRequest, viewer: Viewer): { readonly id: string; readonly own: boolean } | undefined => {
  const { id } = request.params as Params;
  const { kind, citizen } = viewer.actor;
  if (id !== undefined) return { id, own: kind === 'citizen' && citizen === id };
  return citizen === undefined ? undefined : { id: citizen, own: true };
};

/** Nobody acts on the wrong citizen's page: others are told whose it is. Their name may be hidden from them. */
const whoseOf = async (context: DashboardContext, request: FastifyRequest, id: string): Promise<ShownWho> => {
  const answer = await context.ask(request, { path: `/v1/citizens/${id}/plan?fields=citizen(name,age)` });
  return answer.status === 200 ? answer.json<ShownPlan>().citizen : {};
};

const atOf = (
  context: DashboardContext,
  pages: Pages,
  part: Part,
  request: FastifyRequest,
  reply: FastifyReply,
): At | undefined => {
  const viewer = viewerOf(request);
  const who = whoIs(request, viewer);
  if (who === undefined) return undefined;
  const { id, own } = who;
  if (!partsFor(viewer, own).includes(part)) return undefined;
  const base = (request.params as Params).id === undefined ? '/my' : `/citizens/${id}`;
  const granted = async (question: FeedQuestion): Promise<FeedAnswer> => {
    const answer = await context.ask(request, question);
    if (answer.status >= 300) throw new Refused(answer);
    return answer;
  };
  return {
    request,
    reply,
    viewer,
    id,
    base,
    own,
    ask: (question) => context.ask(request, question),
    get: async <T>(tail: string) => (await granted({ path: `/v1/citizens/${id}${tail}` })).json<T>(),
    post: async <T>(path: string, body: unknown, key?: string) => {
      const headers = key === undefined ? {} : { headers: { 'idempotency-key': key } };
      const answer = await granted({ method: 'POST', path, body, ...headers });
      return (answer.text === '' ? undefined : answer.json()) as T;
    },
    show: async (template, options, data = {}) => {
      const { t } = pages.speech(request);
      const whose = own ? {} : { citizen: data.citizen ?? (await whoseOf(context, request, id)) };
      const tabs = partsFor(viewer, own).map(({ name, key }) => ({
        href: name === '' ? base : `${base}/${name}`,
        text: t(key),
        current: name === part.name,
      }));
      const framed = { base, own, tabs: own ? [] : tabs, ...whose, ...data };
      return pages.page(request, reply, `citizen/${template}`, options, framed);
    },
  };
};

/** The same page of the citizen under whose id theirs lives on; a form is read anew there, not sent on. */
const movedTo = ({ request, id, base }: At, { status, answer }: Refused): string | undefined => {
  const living = /\/citizens\/([0-9a-f-]{36})/.exec(answer.headers['location'] ?? '')?.[1];
  if (status !== 308 || living === undefined || base === '/my') return undefined;
  return request.method === 'GET' ? request.url.replace(id, living) : `/citizens/${living}`;
};

/** Registers one part, at both addresses; parts for others than the citizen alone are not under `/my`. */
export const registerPart = (
  app: FastifyInstance,
  context: DashboardContext,
  pages: Pages,
  part: Part,
  handlers: { readonly get?: CitizenHandler; readonly post?: CitizenHandler; readonly below?: string },
): void => {
  const { get, post, below = '' } = handlers;
  const run = (handler: CitizenHandler) => async (request: FastifyRequest, reply: FastifyReply) => {
    const at = atOf(context, pages, part, request, reply);
    if (at === undefined) return pages.missing(request, reply);
    try {
      return await handler(at);
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown;
      const living = movedTo(at, thrown);
      if (living !== undefined) return reply.redirect(living, 303);
      return errorPage(pages, reply, thrown.status, request.id);
    }
  };
  const tail = `${part.name === '' ? '' : `/${part.name}`}${below}`;
  const config = { page: 'signed-in' } as const;
  for (const base of ['/my', `/citizens/:id(${uuidPattern})`]) {
    if (get !== undefined) app.get(`${base}${tail}`, { config }, run(get));
    if (post !== undefined) app.post(`${base}${tail}`, { config }, run(post));
  }
};
