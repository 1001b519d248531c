// Messages of the Beskedfordeler (SF1461) and of Datafordeler's shape, XML or JSON: what their envelope (Beskedkuvert)
// says has happened to which objects. Names are compared without case, prefix and Danish letters, because the two differ
// only there. A message outside the service agreement is refused: it is not ours to process.
import { z } from 'zod';
import { HubError } from '../errors.ts';
import type { Delivery, Notice } from './contract.ts';
import { parseXml } from './xml.ts';

export interface BeskedObject {
  readonly id: string;
  readonly type: string | undefined;
}

export interface Besked {
  readonly type: string | undefined;
  /** BeskedAnsvarligAktoer, and the authority the objects belong to. */
  readonly senders: readonly string[];
  /** TilladtModtager: on whose behalf it may be processed. */
  readonly recipients: readonly string[];
  readonly objects: readonly (BeskedObject & { readonly change: Notice['change'] })[];
  /** RelateretObjekt; an id may be a person's number. */
  readonly related: readonly BeskedObject[];
}

/** Part of a source's `config`: what the municipality has agreed to receive. Ids are UUIDs, URNs or CVR numbers. */
export const serviceAgreement = z.strictObject({
  /** The municipality, as TilladtModtager names it. */
  onBehalfOf: z.array(z.string().min(1)).min(1),
  /** Left out: every type. */
  messageTypes: z.array(z.string().min(1)).min(1).optional(),
  /** Left out: every sender. */
  senders: z.array(z.string().min(1)).min(1).optional(),
});
export type ServiceAgreement = z.infer<typeof serviceAgreement>;

const invalid = (path: string, message: string): HubError =>
  new HubError({ code: 'request/invalid', fault: 'config', message, path });

type Node = Readonly<Record<string, unknown>>;
const letters: Readonly<Record<string, string>> = { æ: 'ae', ø: 'oe', å: 'aa' };
const plain = (name: string): string =>
  name
    .replace(/^@|^.*:/, '')
    .toLowerCase()
    .replace(/[æøå]/g, (letter) => letters[letter] ?? letter);
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

/** All values under a name; one and many are the same. */
const all = (node: unknown, name: string): readonly unknown[] =>
  isNode(node)
    ? Object.entries(node)
        .filter(([key]) => plain(key) === name)
        .flatMap(([, value]) => (Array.isArray(value) ? (value as readonly unknown[]) : [value]))
    : [];

/** The text of a value, also where an id is wrapped: `<ObjektId><UUIDIdentifikator>…`. */
const textOf = (value: unknown): string | undefined => {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return value.trim() === '' ? undefined : value.trim();
  if (!isNode(value)) return undefined;
  for (const name of ['uuididentifikator', 'urnidentifikator', '#text'])
    for (const inner of all(value, name)) if (typeof inner === 'string' && inner.trim() !== '') return inner.trim();
  return undefined;
};
const texts = (node: unknown, name: string): readonly string[] => all(node, name).flatMap((one) => textOf(one) ?? []);

const deepest = 12;
/** Every element of this name, wherever it is. */
const find = (value: unknown, name: string, depth = 0): readonly Node[] => {
  if (depth > deepest) return [];
  if (Array.isArray(value)) return value.flatMap((one) => find(one, name, depth + 1));
  if (!isNode(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    plain(key) === name ? (Array.isArray(inner) ? inner : [inner]).filter(isNode) : find(inner, name, depth + 1),
  );
};

const deletes = new Set(['d', 'slet', 'slettet', 'fjern', 'fjernet', 'delete']);
const creates = new Set(['i', 'opret', 'oprettet', 'importer', 'importeret', 'insert']);
/** What is not known is a change: it is a reason to ask, and the answer will tell. */
const changeOf = (words: readonly string[]): Notice['change'] => {
  const plainWords = words.map((word) => word.toLowerCase());
  if (plainWords.some((word) => deletes.has(word))) return 'deleted';
  return plainWords.some((word) => creates.has(word)) ? 'created' : 'updated';
};

const objectsOf = (node: unknown): readonly BeskedObject[] =>
  texts(node, 'objektid').map((id) => ({ id, type: texts(node, 'objekttype')[0] }));

const beskedOf = (message: Node): Besked => {
  const envelope = find({ message }, 'beskedkuvert')[0];
  const filter = all(envelope, 'filtreringsdata')[0];
  if (!isNode(filter)) throw invalid('Beskedkuvert.Filtreringsdata', 'The envelope holds no Filtreringsdata.');
  const registrations = all(filter, 'objektregistrering');
  return {
    type: texts(filter, 'beskedtype')[0],
    senders: [
      ...texts(filter, 'beskedansvarligaktoer'),
      ...registrations.flatMap((one) => [
        ...texts(one, 'objektansvarligmyndighed'),
        ...texts(one, 'objektansvarligaktoer'),
      ]),
    ],
    recipients: texts(filter, 'tilladtmodtager'),
    objects: registrations.flatMap((one) => {
      const change = changeOf([...texts(one, 'objekthandling'), ...texts(one, 'eventaction')]);
      return objectsOf(one).map((object) => ({ ...object, change }));
    }),
    related: all(filter, 'relateretobjekt').flatMap(objectsOf),
  };
};

const parsed = ({ body }: Delivery): unknown => {
  try {
    return body.trimStart().startsWith('<') ? parseXml(body) : (JSON.parse(body) as unknown);
  } catch {
    throw invalid('body', 'The body is neither XML nor JSON that can be read.');
  }
};

/** All messages of a delivery. @throws HubError `request/invalid`, naming the field */
export const readBeskedkuvert = (delivery: Delivery): readonly Besked[] => {
  const document = parsed(delivery);
  const named = find({ document }, 'haendelsesbesked');
  const messages = named.length > 0 ? named : (Array.isArray(document) ? document : [document]).filter(isNode);
  if (messages.length === 0) throw invalid('Haendelsesbesked', 'There is no message.');
  return messages.map(beskedOf);
};

const same = (given: string, agreed: string): boolean => {
  const [a, b] = [given.toLowerCase(), agreed.toLowerCase()];
  return a === b || a.endsWith(`:${b}`);
};

/** @throws HubError `request/forbidden` for a message that the agreement does not cover: nothing of it may be processed. */
export const requireAgreed = (besked: Besked, agreement: ServiceAgreement): void => {
  const refuse = (field: string, message: string): HubError =>
    new HubError({ code: 'request/forbidden', fault: 'config', message, path: field });
  const among = (given: readonly string[], agreed: readonly string[]): boolean =>
    given.some((one) => agreed.some((other) => same(one, other)));
  if (!among(besked.recipients, agreement.onBehalfOf))
    throw refuse('TilladtModtager', 'TilladtModtager does not name whom this hub receives for.');
  if (
    agreement.messageTypes !== undefined &&
    !among(besked.type === undefined ? [] : [besked.type], agreement.messageTypes)
  )
    throw refuse('BeskedType', 'The message type is not in the service agreement.');
  if (agreement.senders !== undefined && !among(besked.senders, agreement.senders))
    throw refuse('BeskedAnsvarligAktoer', 'The sender is not in the service agreement.');
};

/** All messages of a delivery, each covered by the agreement. @throws HubError `request/…`: then none of them may be processed */
export const agreedMessages = (delivery: Delivery, agreement: ServiceAgreement | undefined): readonly Besked[] => {
  if (agreement === undefined)
    throw new HubError({
      code: 'request/unprocessable',
      fault: 'config',
      message: 'config.agreement is not set: nobody knows on whose behalf messages may be processed.',
    });
  const messages = readBeskedkuvert(delivery);
  for (const message of messages) requireAgreed(message, agreement);
  return messages;
};
