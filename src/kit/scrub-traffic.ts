// Recorded exchanges without the people in them. JSON, XML and forms are replaced value by value, so that the adapter
// still understands them; anything else is text.
import { rewriteXml } from '../adapter/xml-rewrite.ts';
import { type Leaf, leavesOf } from './persons.ts';
import type { Scrubber } from './scrub.ts';
import type { Exchange } from './traffic.ts';

const looksLikeXml = (text: string): boolean => /^\s*<[?!a-zA-Z]/.test(text) && !/^\s*<!doctype html/i.test(text);
const looksLikeForm = (text: string): boolean => /^[\w.$-]+=[^\s]*$/.test(text);
const asJson = (text: string): unknown => {
  try {
    return /^\s*[[{]/.test(text) ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
};

/** Every value in a body, whatever it is written in. */
function* leavesOfBody(body: unknown): Generator<Leaf> {
  if (typeof body !== 'string') return yield* leavesOf(body);
  const json = asJson(body);
  if (json !== undefined) yield* leavesOf(json);
  else if (looksLikeXml(body)) {
    const found: Leaf[] = [];
    try {
      rewriteXml(body, (path, value) => {
        found.push({ path, value });
        return value;
      });
    } catch {
      found.push({ path: 'text', value: body });
    }
    yield* found;
  } else if (looksLikeForm(body)) for (const [path, value] of new URLSearchParams(body)) yield { path, value };
  else yield { path: 'text', value: body };
}

export function* leavesOfExchange({ path, body, response, responseHeaders }: Exchange): Generator<Leaf> {
  for (const piece of path.split(/[?&/=]/))
    yield { path: 'url', value: decodeURIComponent(piece.replace(/%(?![0-9a-f]{2})/gi, '%25')) };
  const query = path.indexOf('?');
  if (query !== -1) for (const [name, value] of new URLSearchParams(path.slice(query))) yield { path: name, value };
  yield* leavesOfBody(body);
  yield* leavesOfBody(response);
  for (const [name, value] of Object.entries(responseHeaders)) yield { path: name, value };
}

/** XML by its elements, anything else as one text. */
const scrubText = (scrubber: Scrubber, body: string, replace: Scrubber['text']): string => {
  try {
    return looksLikeXml(body) ? rewriteXml(body, replace) : scrubber.text('text', body);
  } catch {
    return scrubber.text('text', body);
  }
};

const scrubBody = (scrubber: Scrubber, body: unknown): unknown => {
  if (typeof body !== 'string') return scrubber.value(body);
  const json = asJson(body);
  if (json !== undefined) return JSON.stringify(scrubber.value(json));
  if (looksLikeXml(body)) return scrubText(scrubber, body, scrubber.text);
  if (looksLikeForm(body))
    return new URLSearchParams(
      [...new URLSearchParams(body)].map(([name, value]): [string, string] => [name, scrubber.text(name, value)]),
    ).toString();
  return scrubber.text('text', body);
};

/** Of a question only what is somebody's is replaced: the rest are the adapter's words, and its ids. */
const scrubQuestion = (scrubber: Scrubber, body: unknown): unknown => {
  const ask = (path: string, value: string): string => String(scrubber.question(value, path));
  if (typeof body !== 'string') return scrubber.question(body);
  const json = asJson(body);
  if (json !== undefined) return JSON.stringify(scrubber.question(json));
  if (looksLikeXml(body) || !looksLikeForm(body)) return scrubText(scrubber, body, ask);
  return new URLSearchParams(
    [...new URLSearchParams(body)].map(([name, value]): [string, string] => [name, ask(name, value)]),
  ).toString();
};

const scrubHeader = (scrubber: Scrubber, name: string, value: string): string => {
  if (/^(content-type|retry-after|last-modified$|x-ratelimit|ratelimit)/.test(name)) return value;
  if (name === 'link') return value.replace(/<([^>]*)>/g, (_, url: string) => `<${scrubber.url(url)}>`);
  // Counts and tokens of pages stay; what a page is named by may be somebody.
  return name === 'location'
    ? scrubber.url(value)
    : scrubber.text(name.startsWith('x-') ? 'link' : `header.${name}`, value);
};

/** Answers before addresses: an id that was replaced in an answer is replaced where it is asked for. */
export const scrubTraffic = (scrubber: Scrubber, exchanges: readonly Exchange[]): readonly Exchange[] => {
  const answers = exchanges.map(({ response }) => scrubBody(scrubber, response));
  return exchanges.map((exchange, at) => {
    const url = new URL(scrubber.url(`${exchange.scope}${exchange.path}`));
    return {
      ...exchange,
      path: `${url.pathname}${url.search}`,
      body: exchange.body === '' ? '' : scrubQuestion(scrubber, exchange.body),
      response: answers[at],
      responseHeaders: Object.fromEntries(
        Object.entries(exchange.responseHeaders).map(([name, value]) => [name, scrubHeader(scrubber, name, value)]),
      ),
    };
  });
};
