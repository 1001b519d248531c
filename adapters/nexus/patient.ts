// From a citizen's number to what Nexus shows of them: the look-up, the tree of the configured view, the calendar. The
// number travels in the body of the look-up only; a link that holds it is not followed.
import { z } from 'zod';
import { HubError } from '../../src/errors.ts';
import type { NexusConfig } from './config.ts';
import { linkOf, type Resource, requireLink, resource, shaped } from './hal.ts';
import type { Session } from './session.ts';
import { flatten, type Placed, roots } from './tree.ts';

export interface Patient {
  readonly id: string;
  readonly body: Resource;
}

const found = z.looseObject({ isPatientAccessible: z.boolean(), patient: resource.nullish() });
const identified = z.looseObject({ id: z.union([z.number(), z.string().min(1)]) });
const preference = resource.extend({ name: z.string().nullish() });
const preferences = z.looseObject({
  CITIZEN_PATHWAY: z.array(preference).nullish(),
  CITIZEN_CALENDAR: z.array(preference).nullish(),
});
const calendarEvents = z.looseObject({ eventResources: z.array(z.unknown()).nullish() });

const isCode = (thrown: unknown, code: string): boolean => thrown instanceof HubError && thrown.code === code;

const closed = (): HubError =>
  new HubError({
    code: 'source/forbidden',
    fault: 'source',
    message: 'The source does not show this citizen to the hub’s client.',
    hint: 'This is a normal answer. Ask the responsible unit if the client should have access.',
  });

export interface Citizen {
  readonly session: Session;
  readonly config: NexusConfig;
  readonly cpr: string;
  readonly signal: AbortSignal;
}

/** Follows a link about a citizen. A 403 is Nexus’ decision about them; a 404 says that the link is no longer right. */
export const follow = async ({ session, cpr, signal }: Citizen, href: string): Promise<unknown> => {
  const bare = decodeURIComponent(href.replace(/%(?![0-9a-f]{2})/gi, '%25')).replace(/[-\s]/g, '');
  if (bare.includes(cpr))
    throw new HubError({
      code: 'source/bad-answer',
      fault: 'source',
      message: 'The source links to an address that holds the citizen’s number; it was not followed.',
    });
  try {
    return await session.hal.get(href, signal);
  } catch (thrown) {
    throw isCode(thrown, 'source/forbidden') ? closed() : thrown;
  }
};

/** A 404 says "unknown" only from an address known to be right: a stale one would make everybody unknown, and gone. */
const trustedMs = 10_000;

/** What the look-up answers; undefined when Nexus does not know the number. */
const lookUp = async ({ session, cpr, signal }: Citizen): Promise<unknown> => {
  const ask = (href: string): Promise<unknown> =>
    session.hal.post(href, { businessKey: cpr, keyType: 'CPR' }, signal).catch((thrown: unknown) => {
      if (isCode(thrown, 'source/not-found')) return undefined;
      throw isCode(thrown, 'source/forbidden') ? closed() : thrown;
    });
  const href = await session.searchLink(signal);
  const answer = await ask(href);
  if (answer !== undefined) return answer;
  const current = await session.searchLink(signal, trustedMs);
  return current === href ? undefined : ask(current);
};

/** The citizen, or undefined when Nexus does not know the number. @throws `source/forbidden` when it may not be shown. */
export const findPatient = (citizen: Citizen): Promise<Patient | undefined> =>
  citizen.session.shared(`patient/${citizen.cpr}`, async () => {
    const answer = await lookUp(citizen);
    if (answer === undefined) return undefined;
    const { isPatientAccessible, patient } = shaped(found, answer);
    if (!isPatientAccessible) throw closed();
    if (patient === undefined || patient === null) return undefined;
    return { id: String(shaped(identified, patient).id), body: patient };
  });

type Preference = 'CITIZEN_PATHWAY' | 'CITIZEN_CALENDAR';

/** The resource behind a citizen's preference, by its name. */
const preferred = async (citizen: Citizen, patient: Patient, list: Preference, name: string): Promise<Resource> => {
  const answer = await follow(citizen, requireLink(patient.body, 'patientPreferences'));
  const wanted = (shaped(preferences, answer)[list] ?? []).find((one) => one.name === name);
  if (wanted === undefined)
    throw new HubError({
      code: 'config/unknown-name',
      fault: 'config',
      message: `The hub’s client has no ${list} of the configured name.`,
      hint: 'Set config.pathwayView or config.calendar to a name that Nexus gives the client, or have it given one.',
    });
  return shaped(resource, await follow(citizen, requireLink(wanted, 'self')));
};

/**
 * Reads what a remembered link leads to. Where the link has become wrong (404), or none is remembered, the way there is
 * taken from the citizen's preferences.
 */
const through = async <T>(
  citizen: Citizen,
  key: string,
  find: () => Promise<string>,
  read: (href: string) => Promise<T>,
): Promise<T> => {
  const { links } = citizen.session;
  const known = links.get(key);
  if (known !== undefined) {
    try {
      return await read(known);
    } catch (thrown) {
      links.forget(key);
      if (!isCode(thrown, 'source/not-found')) throw thrown;
    }
  }
  const href = await find();
  const answer = await read(href);
  links.set(key, href);
  return answer;
};

/** Every reference of the citizen's tree, flat. */
export const readTree = (citizen: Citizen, patient: Patient): Promise<readonly Placed[]> =>
  citizen.session.shared(`tree/${patient.id}`, () =>
    through(
      citizen,
      `tree/${patient.id}`,
      async () =>
        requireLink(
          await preferred(citizen, patient, 'CITIZEN_PATHWAY', citizen.config.pathwayView),
          'pathwayReferences',
        ),
      async (href) => flatten(shaped(roots, await follow(citizen, href)), citizen.config.treeDepth),
    ),
  );

/** The calendar's events between two instants. */
export const readEvents = (
  citizen: Citizen,
  patient: Patient,
  window: { readonly from: string; readonly to: string },
): Promise<readonly unknown[]> =>
  through(
    citizen,
    `calendar/${patient.id}`,
    async () => requireLink(await preferred(citizen, patient, 'CITIZEN_CALENDAR', citizen.config.calendar), 'events'),
    async (href) => {
      const query = new URLSearchParams(window).toString();
      const answer = await follow(citizen, `${href}${href.includes('?') ? '&' : '?'}${query}`);
      return shaped(calendarEvents, answer).eventResources ?? [];
    },
  );

/** A list that comes as pages: `{totalItems, pages[_links.self]}` or the bare list of pages, each page a list. */
const pagesAnswer = z.union([
  z.looseObject({ totalItems: z.number().nullish(), pages: z.array(resource) }),
  z.array(resource).transform((pages) => ({ totalItems: undefined, pages })),
]);

/** A paged list of the citizen's, page by page; none when Nexus does not offer it to the client. */
export async function* readPages(citizen: Citizen, patient: Patient, rel: string): AsyncGenerator<readonly unknown[]> {
  const start = linkOf(patient.body, rel);
  if (start === undefined) return;
  const { totalItems, pages } = shaped(pagesAnswer, await follow(citizen, start));
  let read = 0;
  for (const page of pages) {
    const href = linkOf(page, 'self') ?? requireLink(page, 'content');
    const items = shaped(z.array(z.unknown()), await follow(citizen, href));
    read += items.length;
    yield items;
  }
  if (totalItems !== undefined && totalItems !== null && read < totalItems)
    throw new HubError({
      code: 'source/bad-answer',
      fault: 'transient',
      message: 'The source sent fewer items than it counted.',
      hint: 'Nothing is lost: the citizen is asked for again.',
    });
}
