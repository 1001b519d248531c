// Appointing the borgerkonsulent: the one contact who coordinates. Staff of a unit responsible for one of the citizen's plans
// appoint; whoever was it before is so no longer from that day. It lets nobody see anything: it says whom to ask.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { copenhagenDay, daysAfter } from '../clock.ts';
import { visibleRecords } from '../consent/decide.ts';
import { HubError } from '../errors.ts';
import type { Content } from '../model/kinds.ts';
import { line, plausibleDay } from '../model/values.ts';
import { bornRows, bornSource, currentFields, withdrawBorn } from '../store/born.ts';
import { unitNames } from '../store/consents.ts';
import { appointments, coordinatorIds, lockCoordinators } from '../store/coordinators.ts';
import type { Db } from '../store/db.ts';
import { recordTexts } from '../store/record-texts.ts';
import type { Change } from '../store/removal.ts';
import { type Asked, isAuthor, type Saying, say, sayAnew, writeAnew } from './born.ts';
import { plainText, unitField } from './born-input.ts';
import { registerWithdraw } from './born-withdraw.ts';
import { citizenOf, reach, sendElsewhere } from './citizen-door.ts';
import type { Actor, FeedContext, PlanContext } from './context.ts';
import { callerOf } from './disclosure.ts';
import { invalid, readBody, sendJson } from './input.ts';
import { once } from './once.ts';
import { discloseShown, readShown, recordsOf } from './shown-plan.ts';

const role = { code: 'borgerkonsulent', display: 'Borgerkonsulent' } as const;
const at = '/v1/citizens/:id/coordinator';

const reachable = { phone: plainText(line).optional(), email: plainText(line).optional() };
const newCoordinator = z.strictObject({
  person: unitField,
  name: plainText(line),
  unit: plainText(line).optional(),
  ...reachable,
  from: plausibleDay.optional(),
});
const changedCoordinator = z.strictObject({ ...reachable, until: plausibleDay.optional() });

const forbidden = (message: string): HubError => new HubError({ code: 'request/forbidden', fault: 'config', message });

/** @throws HubError `request/forbidden` unless one of the citizen's plans that run is in the actor's own journal. */
const mustBeResponsible = async (db: Db, context: FeedContext, actor: Actor, citizen: string): Promise<void> => {
  const seen = actor.kind === 'professional' ? await visibleRecords(db, actor, { citizens: [citizen] }) : [];
  const own = seen.filter(({ kind, rule, show }) => kind === 'plan' && rule === 2 && show === 'content');
  const texts = await recordTexts(
    db,
    context.keys,
    own.map(({ recordId }) => recordId),
  );
  const running = texts
    .map((text) => JSON.parse(text) as Content<'plan'>)
    .some(({ status }) => status !== 'completed' && status !== 'cancelled');
  if (!running) throw forbidden('Staff of a unit responsible for one of the citizen’s plans appoint.');
};

/** Whoever was appointed before is it no longer from this day on; who would have begun then or later never was. */
const endFormer = async (
  tx: Db,
  context: FeedContext,
  actor: Actor,
  next: { readonly citizen: string; readonly id: string; readonly from: string; readonly now: Date },
): Promise<readonly Change[]> => {
  const { citizen, id: own, from, now } = next;
  const changes: Change[] = [];
  for (const id of await coordinatorIds(tx, citizen)) {
    if (id === own) continue;
    const { fields } = await currentFields(tx, context.keys, id);
    const { period } = fields as Content<'contact'>;
    if (period?.end !== undefined && period.end < from) continue;
    if ((period?.start ?? '') >= from) {
      changes.push(...(await withdrawBorn(tx, id, actor.person)));
      continue;
    }
    const asked: Asked = { citizen, id, kind: 'contact' };
    // In the unit's list the end comes after the appointment that ends it.
    const at = new Date(now.getTime() + 1 + changes.length);
    const done = await writeAnew(tx, context, asked, { actor, at }, (said) => ({
      fields: { ...said, period: { ...period, end: daysAfter(from, -1) } },
    }));
    changes.push(...done.changes);
  }
  return changes;
};

const sayingOf = (
  context: FeedContext,
  actor: Actor,
  citizen: string,
  { person, from: wanted, name, unit, phone, email }: z.infer<typeof newCoordinator>,
): Saying => {
  const from = wanted ?? copenhagenDay(context.clock.now());
  return {
    kind: 'contact',
    beside: undefined,
    links: [],
    unit: undefined,
    // Made to be found: as open as any contact a system holds.
    level: { sensitivity: 'normal', named: [person] },
    fields: (): Content<'contact'> => ({
      name,
      role,
      professional: true,
      ...(unit === undefined ? {} : { unit }),
      ...(phone === undefined ? {} : { phone }),
      ...(email === undefined ? {} : { email }),
      period: { start: from },
    }),
    before: async (tx) => {
      await lockCoordinators(tx, citizen);
      await mustBeResponsible(tx, context, actor, citizen);
    },
    with: (tx, { id, now }) => endFormer(tx, context, actor, { citizen, id, from, now }),
  };
};

const registerAppoint = (app: FastifyInstance, context: FeedContext): void => {
  app.post(at, { config: { scopes: ['comments.write'] } }, async (request, reply) => {
    const actor = callerOf(request);
    if (actor.kind !== 'professional') throw forbidden('Professionals appoint.');
    const citizen = citizenOf(request);
    const living = await reach(context, request, citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, citizen, living);
    const input = readBody(newCoordinator, request);
    return once(context, request, reply, async () => ({
      status: 201,
      value: await say(context, request, citizen, sayingOf(context, actor, citizen, input)),
    }));
  });
};

const askedOf = (request: FastifyRequest): Asked => {
  const { contact } = request.params as { contact: string };
  return { citizen: citizenOf(request), id: contact, kind: 'contact' };
};

const registerChange = (app: FastifyInstance, context: FeedContext): void => {
  app.post(`${at}/:contact`, { config: { scopes: ['comments.write'] } }, async (request, reply) => {
    if (callerOf(request).kind !== 'professional') throw forbidden('Professionals appoint.');
    const asked = askedOf(request);
    const living = await reach(context, request, asked.citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, asked.citizen, living);
    const { until, ...input } = readBody(changedCoordinator, request);
    if (until === undefined && Object.keys(input).length === 0) throw invalid('body', 'Name what is to change.');
    return once(context, request, reply, async () => ({
      status: 200,
      value: await sayAnew(context, request, asked, 'author or unit', (said) => {
        const { period } = said as Content<'contact'>;
        if (until !== undefined && until < (period?.start ?? '')) throw invalid('until', 'Before the first day.');
        return { fields: { ...said, ...input, ...(until === undefined ? {} : { period: { ...period, end: until } }) } };
      }),
    }));
  });
  registerWithdraw(app, context, `${at}/:contact`, askedOf);
};

type Shown = Content<'contact'> & { readonly id: string; readonly source: string };

const registerList = (app: FastifyInstance, context: PlanContext): void => {
  app.get(at, { config: { scopes: ['plan.read'] } }, async (request, reply) => {
    const found = await readShown(context, request, reply, { kinds: ['contact'] });
    if (found === undefined) return reply;
    const shown = recordsOf<Shown>(found.plan).filter(({ source }) => source === bornSource);
    const ids = shown.map(({ id }) => id);
    const [by, born] = [await appointments(context.pool, ids), await bornRows(context.pool, ids)];
    const names = await unitNames(
      context.pool,
      [...by.values()].map(({ byUnit }) => byUnit),
    );
    const actor = callerOf(request);
    const coordinators = shown.flatMap((contact) => {
      const [appointed, row] = [by.get(contact.id), born.get(contact.id)];
      if (appointed === undefined || row === undefined) return [];
      const { person, byUnit } = appointed;
      return {
        ...contact,
        ...(person === undefined || contact.name === undefined ? {} : { person }),
        appointedBy: names.get(byUnit) ?? byUnit,
        appointedAt: appointed.at.toISOString(),
        mine: isAuthor(actor, row),
      };
    });
    await discloseShown(context, request, found, { records: coordinators.map(({ id }) => id) });
    const newest = ({ period, appointedAt }: (typeof coordinators)[number]): string =>
      `${period?.start} ${appointedAt}`;
    coordinators.sort((a, b) => (newest(a) > newest(b) ? -1 : 1));
    return sendJson(reply, 200, { coordinators });
  });
};

export const registerCoordinator = (app: FastifyInstance, context: PlanContext): void => {
  registerAppoint(app, context);
  registerChange(app, context);
  registerList(app, context);
};
