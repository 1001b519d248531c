// The day in one message: what is open and not snoozed, and how much opened and resolved since yesterday. Also sent when
// nothing is wrong, so that its absence says something.
import { z } from 'zod';
import { alertCounts, openAlerts } from '../store/alerts.ts';
import type { Tx } from '../store/db.ts';

const dayMs = 86_400_000;
const mostListed = 50;

export const digestSaid = z.object({
  openedLately: z.number(),
  resolvedLately: z.number(),
  open: z.number(),
  snoozed: z.number(),
  listed: z.array(
    z.object({
      rule: z.string(),
      subject: z.string(),
      severity: z.enum(['warning', 'critical']),
      openedAt: z.string(),
      said: z.record(z.string(), z.union([z.string(), z.number()])),
    }),
  ),
});
export type DigestSaid = z.infer<typeof digestSaid>;

export const readDigest = async (tx: Tx, now: Date): Promise<DigestSaid> => {
  const open = await openAlerts(tx, now);
  const awake = open.filter(({ snoozed }) => snoozed === null);
  const { opened, resolved } = await alertCounts(tx, new Date(now.getTime() - dayMs));
  return {
    openedLately: opened,
    resolvedLately: resolved,
    open: awake.length,
    snoozed: open.length - awake.length,
    listed: awake.slice(0, mostListed).map(({ rule, subject, severity, openedAt, said }) => ({
      rule,
      subject,
      severity,
      openedAt: openedAt.toISOString(),
      said,
    })),
  };
};
