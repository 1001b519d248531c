// Det Fælles Datagrundlag in the sandbox municipality. When something happens to a citizen it does what STAR does: it
// tells the hub that something has changed, without saying what, at the address the hub gave.
import { randomBytes } from 'node:crypto';
import type { SandboxSystem } from '../systems.ts';
import { dfdgData } from '../world/to-dfdg.ts';
import { dfdgCredentials, startDfdgStub } from './server.ts';

/** What the configuration puts before the token, so that it is long enough to be one. */
export const tokenPrefix = 'sandbox-dfdg-push-';

export const dfdg: SandboxSystem = {
  name: 'dfdg',
  async start({ world, latencyMs }) {
    const data = dfdgData(world);
    const stub = await startDfdgStub({ data, ...(latencyMs === undefined ? {} : { latencyMs }) });
    const token = randomBytes(24).toString('hex');
    /** A hub that is not there, or refuses, finds it out by its own schedule. */
    const tell = async (notices: readonly object[]): Promise<void> => {
      const hub = process.env['SANDBOX_HUB_URL'];
      if (hub === undefined || notices.length === 0) return;
      await fetch(`${hub}/push/v1/star`, {
        method: 'POST',
        headers: { authorization: `Bearer ${tokenPrefix}${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(notices),
      }).catch(() => undefined);
    };
    return {
      environment: {
        SANDBOX_DFDG_URL: stub.url,
        SANDBOX_DFDG_TOKEN_URL: stub.tokenUrl,
        SANDBOX_DFDG_CLIENT_ID: dfdgCredentials.clientId,
        SANDBOX_DFDG_CLIENT_SECRET: dfdgCredentials.clientSecret,
        SANDBOX_DFDG_PUSH_TOKEN: token,
      },
      async changed(indexes, at) {
        const known = [...indexes].flatMap((index) => data.byCpr(world.citizenAt(index).person.cpr) ?? []);
        await tell(
          known.flatMap(({ cpr, indkaldelser, minPlan }) =>
            [
              { EntitetNavn: 'Indkaldelse', EntitetId: indkaldelser[0]?.indkaldelseId },
              { EntitetNavn: 'Aktivitet', EntitetId: minPlan?.minPlanId },
            ]
              .filter(({ EntitetId }) => EntitetId !== undefined)
              .map((entity) => ({
                ...entity,
                EksternIdentifier: cpr,
                VersionIdentifier: at,
                IdentifikationstypeId: 1,
                Aendringstype: 2,
              })),
          ),
        );
      },
      close: stub.close,
    };
  },
};
