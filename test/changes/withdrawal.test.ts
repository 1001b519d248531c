// A withdrawal holds for the next read, by whichever way in: plan, calendar, FHIR, changes and their stream's pages, while
// others read the same citizens all the time. Each read after it is in the log as refused, or as nothing but deletions.
// Forty trials; SAMSPIL_WITHDRAWAL_TRIALS=1000 for more.
import { expect, it } from 'vitest';
import { createAccessLog } from '../../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { createPool } from '../../src/store/db.ts';
import { config, personaNamed } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';
import { createFeedHub, type PageAnswer } from './hub.ts';

const database = useDatabase();
const trials = Number(process.env['SAMSPIL_WITHDRAWAL_TRIALS'] ?? 40);
const lanes = 4;
const perLane = 3;

it(
  `is effective for the next read (${trials} trials)`,
  async () => {
    const pool = createPool(database.url(), { max: 20 });
    const keys = createKeyRing(newKeyMaterial());
    const accessLog = createAccessLog(pool, keys);
    const ids = Array.from({ length: lanes }, (_, n) => `lane-${n}`);
    const consumers = ids.map((id) => ({ ...config.consumers[0], id })) as typeof config.consumers;
    const limits = { rateLimitPerMinute: 10_000_000 };
    const hub = await createFeedHub(pool, {
      keys,
      accessLog,
      unchecked: true,
      config: { ...config, ...limits, consumers },
    });
    const later = { disclosures: 0, log: 0 };
    let running = true;
    let background = 0;
    const noise: Promise<void>[] = [];

    const lane = async (consumer: string, number: number): Promise<void> => {
      const authorization = `Bearer ${await hub.token({ ...personaNamed('consumer-system'), person: consumer, consumer })}`;
      const ask = (url: string) => hub.app.inject({ url, headers: { authorization } });
      const people = [];
      for (let n = 0; n < perLane; n += 1) {
        const person = await hub.world.person(`${String(2 + number * perLane + n).padStart(2, '0')}02703333`);
        for (const kind of ['plan', 'goal', 'appointment']) await hub.world.record({ kind, citizens: [person] });
        people.push({ ...person, citizen: `Bearer ${await hub.token('citizen', { citizen: person.id })}` });
      }
      let cursor = '';
      const changes = async (): Promise<{ page: PageAnswer; correlation: unknown }> => {
        const answer = await ask(`/v1/changes?limit=100${cursor === '' ? '' : `&after=${cursor}`}`);
        if (answer.statusCode !== 200) throw new Error(answer.body);
        const page = answer.json() as PageAnswer;
        cursor = page.cursor;
        return { page, correlation: answer.headers['x-correlation-id'] };
      };
      const besides = people.map(async (person) => {
        while (running) {
          const answer = await ask(`/v1/citizens/${person.id}/plan`);
          if (![200, 404].includes(answer.statusCode)) throw new Error(answer.body);
          background += 1;
        }
      });
      noise.push(...besides);
      for (let n = number; n < trials; n += lanes) {
        const person = people[n % perLane] as (typeof people)[number];
        const grant = await hub.world.say(person, 'grant', `consumer:${consumer}`);
        const [plan, { page }] = await Promise.all([ask(`/v1/citizens/${person.id}/plan`), changes()]);
        expect(plan.statusCode).toBe(200);
        expect(page.entries.some((entry) => entry.citizen === person.id && entry.op === 'created')).toBe(true);
        const withdrawn = await hub.app.inject({
          method: 'POST',
          url: `/v1/consents/${grant}/withdraw`,
          headers: { authorization: person.citizen },
        });
        expect(withdrawn.statusCode, withdrawn.body).toBeLessThan(300);
        const [reads, told] = await Promise.all([
          Promise.all(
            [
              `/v1/citizens/${person.id}/plan`,
              `/v1/citizens/${person.id}/calendar`,
              `/v1/citizens/${person.id}/calendar.ics`,
              `/v1/citizens/${person.id}/timeline`,
              `/fhir/Patient/${person.id}`,
              `/fhir/Patient/${person.id}/$everything`,
            ].map(ask),
          ),
          changes(),
        ]);
        later.disclosures += reads.filter((answer) => answer.statusCode !== 404).length;
        later.disclosures += told.page.entries.filter((entry) => entry.op !== 'removed').length;
        expect(told.page.entries).toHaveLength(4);
        const correlations = [...reads.map((answer) => answer.headers['x-correlation-id']), told.correlation];
        const { rows } = await pool.query<{ decision: string; records: string[]; correlation: string }>(
          'select decision, records, correlation from access_log where citizen_id = $1 and correlation = any($2)',
          [person.id, correlations],
        );
        const denied = rows.filter((row) => row.decision === 'denied' && row.records.length === 0);
        // Each refused read, and the page that told of the deletions.
        expect([denied.length, rows.length]).toEqual([6, 7]);
        later.log += rows.length;
      }
    };

    const done = await Promise.allSettled(ids.map(lane));
    running = false;
    const failed = [...done, ...(await Promise.allSettled(noise))].find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    expect(later).toEqual({ disclosures: 0, log: trials * 7 });
    expect(background).toBeGreaterThan(trials);
    if (trials > 40) process.stdout.write(`${trials} trials beside ${background} reads\n`);
    await hub.app.close();
    await accessLog.close();
    await pool.end();
  },
  30_000 + trials * 500,
);
