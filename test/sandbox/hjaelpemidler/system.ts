// The register of lent aids in the sandbox municipality, filled from the synthetic citizens.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SandboxSystem } from '../systems.ts';
import { personAt } from '../world/person.ts';
import { createTimes } from '../world/times.ts';
import { borrows, loansOf } from '../world/to-hjaelpemidler.ts';
import type { World } from '../world/world.ts';
import { type Loan, startLoanService } from './service.ts';

const put = (loans: Map<string, Loan>, world: World, index: number, changed: string): void => {
  const { seed, today } = world.options;
  const person = personAt(seed, index, today);
  if (!borrows(seed, person, today)) return;
  const { revision } = world.citizenAt(index);
  for (const loan of loansOf({ person, seed, today, changed, revision })) {
    const before = loans.get(loan.number);
    if (before === undefined || JSON.stringify({ ...before, changed }) !== JSON.stringify(loan))
      loans.set(loan.number, loan);
  }
};

export const hjaelpemidler: SandboxSystem = {
  name: 'hjaelpemidler',
  async start({ world, folder, latencyMs }) {
    const loans = new Map<string, Loan>();
    const { citizens, today } = world.options;
    const times = createTimes(citizens, today);
    for (let index = 0; index < citizens; index += 1) put(loans, world, index, new Date(times.of(index)).toISOString());
    const service = await startLoanService(() => [...loans.values()], latencyMs);
    await mkdir(folder, { recursive: true });
    const wsdl = join(folder, 'udlaan.wsdl');
    await writeFile(wsdl, service.wsdl);
    return {
      environment: {
        SANDBOX_HJAELPEMIDLER_URL: service.url,
        SANDBOX_HJAELPEMIDLER_WSDL: wsdl,
        SANDBOX_HJAELPEMIDLER_USERNAME: service.user,
        SANDBOX_HJAELPEMIDLER_PASSWORD: service.password,
      },
      async changed(indexes, at) {
        for (const index of indexes) put(loans, world, index, at);
      },
      close: service.close,
    };
  },
};
