// Holds every answer of a server under test against the OpenAPI file: status, content type, and the body with nothing
// undeclared in it. Loaded by tests only.
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { FastifyInstance } from 'fastify';
import { openApiDocument } from '../../src/http/documents.ts';

interface Answer {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, unknown>>;
}
interface Document {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, Answer>> }>>>
  >;
  readonly components: { readonly responses: Readonly<Record<string, Answer>> };
}

const pointer = (...steps: readonly string[]): string =>
  steps.map((step) => `/${encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('');

/** What is wrong with one answer; undefined when the file allows it. */
export const createChecker = (): ((
  method: string,
  route: string,
  status: number,
  type: string | undefined,
  body: string,
) => string | undefined) => {
  const document = openApiDocument() as unknown as Document;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(document as object, 'feed');
  return (method, route, status, type, body) => {
    const path = route.replace(/:(\w+)/g, '{$1}');
    // HEAD is what GET would answer, without its body.
    const verb = method === 'HEAD' ? 'get' : method.toLowerCase();
    const operation = document.paths[path]?.[verb];
    if (operation === undefined) return `${method} ${path} is not declared`;
    const name = [String(status), `${String(status)[0]}XX`].find((key) => operation.responses[key] !== undefined);
    if (name === undefined) return `${method} ${path} answers ${status}, which is not declared`;
    const given = operation.responses[name];
    const shared = given?.$ref?.split('/').at(-1);
    const answer = shared === undefined ? given : document.components.responses[shared];
    const at =
      shared === undefined
        ? pointer('paths', path, verb, 'responses', name)
        : pointer('components', 'responses', shared);
    if (answer?.content === undefined) return body === '' ? undefined : `${method} ${path} ${status} has a body`;
    const media = type?.split(';')[0];
    if (media === undefined || answer.content[media] === undefined)
      return `${method} ${path} ${status} is ${media}, which is not declared`;
    if (!media.endsWith('json') || method === 'HEAD') return undefined;
    const validate = ajv.getSchema(`feed#${at}${pointer('content', media, 'schema')}`);
    if (validate === undefined) return `${method} ${path} ${status} has no schema`;
    if (validate(JSON.parse(body))) return undefined;
    const [error] = validate.errors ?? [];
    return `${method} ${path} ${status}: ${error?.instancePath} ${error?.message} ${JSON.stringify(error?.params)}`;
  };
};

/** Fails a test whose answer the file does not allow: it is replaced by a 599 that says why. */
export const createAnswerCheck = (app: FastifyInstance): void => {
  const check = createChecker();
  app.addHook('onSend', async (request, reply, payload) => {
    const route = request.routeOptions.url;
    if (route === undefined || route === '*' || route === '/' || /^\/(docs|component|metrics)\b/.test(route))
      return payload;
    const sent = payload instanceof Readable ? await text(payload) : payload;
    const body = typeof sent === 'string' ? sent : Buffer.isBuffer(sent) ? sent.toString() : '';
    const fault = check(request.method, route, reply.statusCode, reply.getHeader('content-type')?.toString(), body);
    if (fault === undefined) return sent;
    reply.code(599).header('content-type', 'text/plain');
    return fault;
  });
};
