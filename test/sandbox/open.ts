// The sandbox as `npm start` runs it: the municipality's systems, its enrolled citizens, the showcase citizen's consents,
// and the issuer that signs for the personas.
import { join } from 'node:path';
import { HubError } from '../../src/errors.ts';
import type { Issuer } from '../../src/http/issuer.ts';
import type { Hub } from '../../src/main.ts';
import { type ParsedNumber, parseNumber } from '../../src/model/cpr.ts';
import { enrol } from '../../src/store/enrolment.ts';
import { numberHash } from '../../src/store/subjects.ts';
import { startControl } from './control.ts';
import { openSandboxIssuer } from './issuer.ts';
import type { MomentumStub } from './momentum/server.ts';
import { startMunicipality } from './municipality.ts';
import { startSignIn } from './oidc.ts';
import { personas } from './personas.ts';
import { startPortal } from './portal.ts';
import { giveShowcaseConsents } from './showcase-consents.ts';
import { municipalityPeople } from './sign-in-people.ts';
import { sandboxEnvironment } from './source-config.ts';
import { showcaseCpr } from './world/showcase.ts';

export interface SandboxOptions {
  readonly folder: string;
  readonly citizens: number;
  readonly enrolled: number;
  readonly still: boolean;
  readonly fhirData?: string;
  /** Where its sign-in page listens; default: a free port of this machine. */
  readonly signIn?: { readonly port?: number; readonly host?: string };
}

export interface Sandbox {
  /** What the sandbox's hub configuration refers to. */
  readonly environment: Readonly<Record<string, string>>;
  readonly issuer: Issuer;
  /** The job centre's system can be made to fail. */
  readonly momentum: Pick<MomentumStub, 'faults'>;
  /** Enrols who is to be enrolled and gives the showcase citizen's consents. @returns how many were new. */
  enrolAndConsent(hub: Hub): Promise<number>;
  /** The citizen portal subscribes at the hub that listens there, and goes on reading from it. */
  follow(hubUrl: string): Promise<void>;
  /** Has the showcase citizen's first fetch from every source been stored? */
  ready(hub: Hub): Promise<boolean>;
  close(): Promise<void>;
}

const sandboxNumber = (text: string): ParsedNumber => {
  const parsed = parseNumber(text);
  if (parsed === undefined) throw new Error('The sandbox made a number that is none.');
  return parsed;
};

const idOf = async (hub: Hub, cpr: string): Promise<string | undefined> => {
  const { rows } = await hub.pool.query<{ citizen_id: string }>('select citizen_id from identity where cpr_hash = $1', [
    numberHash(hub.keys, cpr),
  ]);
  return rows[0]?.citizen_id;
};
const showcaseId = (hub: Hub): Promise<string | undefined> => idOf(hub, showcaseCpr);

const isReady = async (hub: Hub): Promise<boolean> => {
  const id = await showcaseId(hub);
  const { rows } = await hub.pool.query<{ n: number }>(
    'select count(*)::int as n from citizen_fetch where citizen_id = $1 and ended_at is not null',
    [id],
  );
  return rows[0]?.n === hub.sources.size;
};

export const openSandbox = async (options: SandboxOptions): Promise<Sandbox> => {
  const folder = join(options.folder, 'sandbox');
  const municipality = await startMunicipality({
    citizens: options.citizens,
    enrolled: options.enrolled,
    folder,
    changes: !options.still,
    ...(options.fhirData === undefined ? {} : { fhirData: options.fhirData }),
  });
  const control = await startControl(options.folder, () => municipality.step());
  const issuer = await openSandboxIssuer({ folder });
  let running: Hub | undefined;
  const people = municipalityPeople(municipality.world, async (cpr) =>
    running === undefined ? undefined : idOf(running, cpr),
  );
  const consumer = personas.find(({ id }) => id === 'consumer-system');
  const portal = await startPortal(folder, async () => (consumer === undefined ? '' : issuer.sign(consumer)));
  const signIn = await startSignIn({ issuer, people: () => people, ...options.signIn });
  return {
    issuer: issuer.issuer,
    momentum: municipality.momentum,
    environment: { ...sandboxEnvironment(municipality), ...signIn.environment },
    async enrolAndConsent(hub) {
      running = hub;
      // Once: whoever is unenrolled later stays so through a restart.
      const { rows } = await hub.pool.query('select 1 from enrolment limit 1');
      if (rows.length > 0) return 0;
      let fresh = 0;
      for (const cpr of municipality.cprsToEnrol()) {
        const { fresh: isNew, citizenId } = await enrol(hub.pool, hub.keys, [...hub.sources.keys()], {
          number: sandboxNumber(cpr),
          basis: 'lab-40-3',
          evidence: 'sandbox',
          by: 'sandbox',
        });
        if (isNew) fresh += 1;
        if (cpr === municipality.showcase.cpr) await giveShowcaseConsents(hub.pool, hub.keys, citizenId);
      }
      return fresh;
    },
    ready: isReady,
    follow: (hubUrl) => portal.follow(hubUrl),
    async close() {
      await portal.close();
      await signIn.close();
      await control.close();
      await municipality.close();
    },
  };
};

export const showcaseOf = async (hub: Hub): Promise<{ readonly cpr: string; readonly id: string }> => {
  const id = await showcaseId(hub);
  if (id === undefined)
    throw new HubError({
      code: 'request/not-found',
      fault: 'config',
      message: 'There is no showcase citizen here.',
      hint: 'It lives in the sandbox: run `npm start` first.',
    });
  return { cpr: showcaseCpr, id };
};

export const tokenFor = async (hub: Hub, folder: string, as: string, citizen?: string): Promise<string> => {
  const persona = personas.find((candidate) => candidate.id === as);
  if (persona === undefined)
    throw new HubError({
      code: 'request/invalid',
      fault: 'config',
      message: `There is no persona "${as}".`,
      hint: `Use one of ${personas.map((candidate) => candidate.id).join(', ')}.`,
    });
  const { sign } = await openSandboxIssuer({ folder: join(folder, 'sandbox') });
  if (persona.id !== 'citizen') return sign(persona);
  const id = citizen ?? (await showcaseOf(hub)).id;
  return sign({ ...persona, person: `citizen-${id}` }, { citizen: id });
};
