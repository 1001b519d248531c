// The CPR register as a system of the sandbox municipality. What it says of a citizen is made when it is asked.
import type { SandboxSystem } from '../systems.ts';
import { registerOf } from '../world/to-sf1520.ts';
import { registerIdentifiers, startRegisterStub } from './server.ts';

export const sf1520: SandboxSystem = {
  name: 'sf1520',
  async start({ world, latencyMs }) {
    const stub = await startRegisterStub({
      personOf: registerOf(world),
      ...(latencyMs === undefined ? {} : { latencyMs }),
    });
    const { serviceAgreementUuid, userSystemUuid, userUuid, serviceUuid } = registerIdentifiers;
    return {
      environment: {
        SANDBOX_SF1520_URL: stub.endpoint,
        SANDBOX_SF1520_AGREEMENT: serviceAgreementUuid,
        SANDBOX_SF1520_SYSTEM: userSystemUuid,
        SANDBOX_SF1520_USER: userUuid,
        SANDBOX_SF1520_SERVICE: serviceUuid,
      },
      async changed() {},
      close: () => stub.close(),
    };
  },
};
