// Looking at a record in quarantine: who looks, at whose record and why is in the access log, where the citizens concerned
// read it, before the body is shown to anybody.
import { maskNumbers } from '../model/cpr.ts';
import type { AccessLog } from './access-log.ts';
import type { Db } from './db.ts';
import type { LogActor } from './log-entry.ts';
import type { QuarantineRow } from './quarantine-read.ts';
import { citizensOfHomes } from './subjects.ts';

/** Part of the transaction it is called in: what is shown is shown after its commit. */
export const logQuarantineLook = async (
  tx: Db,
  log: AccessLog,
  row: Pick<QuarantineRow, 'homes'>,
  look: {
    readonly actor: LogActor;
    /** Says "quarantine": by that the citizen is told what it was for. */
    readonly endpoint: string;
    readonly reason: string;
    readonly correlation: string;
  },
): Promise<void> => {
  const about = {
    actor: look.actor,
    purpose: 'fejlretning',
    endpoint: look.endpoint,
    records: [],
    decision: 'allowed',
    bases: [`reason: ${maskNumbers(look.reason)}`],
    correlation: look.correlation,
  } as const;
  const citizens = await citizensOfHomes(tx, row.homes);
  // Also where nobody is known any more: what is shown is logged.
  await log.writeWith(tx, citizens.length === 0 ? [about] : citizens.map((citizen) => ({ ...about, citizen })));
};
