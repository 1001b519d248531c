// What is looked at in the hub itself and in those who read from it: the log's seal and anchor, what consumers owe, deaf
// webhooks, emergency access, what units have not journalised, work that piles up, keys, disk, messages that do not arrive.
import { copenhagenDay, copenhagenInstant, daysAfter } from '../clock.ts';
import {
  backlogs,
  databaseBytes,
  disabledWebhooks,
  emergenciesBetween,
  keyInUseSince,
  unsealedSince,
} from '../store/alert-facts.ts';
import { undelivered } from '../store/alert-notices.ts';
import { readAnchorState } from '../store/anchor-state.ts';
import { journalPatienceMs, waitingPerUnit } from '../store/journal-items.ts';
import { owedByConsumers, owedSince } from '../store/purges.ts';
import type { Condition } from './alert-judge.ts';
import type { AlertRule } from './alert-world.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

const logUnsealed: AlertRule = {
  async look({ pool }, now, seconds) {
    const since = await unsealedSince(pool);
    if (since === undefined || now.getTime() - since.getTime() <= seconds * 1000) return [];
    return [{ subject: 'log', said: { since: since.toISOString() } }];
  },
};

const logAnchor: AlertRule = {
  async look({ pool, anchored }, now, minutes) {
    if (!anchored) return [];
    const last = await readAnchorState(pool);
    const silent = last === undefined || now.getTime() - last.at.getTime() > minutes * minuteMs;
    if (!silent && last.state === 'works') return [];
    const said = {
      state: silent ? 'silent' : last.state,
      ...(last === undefined ? {} : { at: last.at.toISOString() }),
    };
    return [{ subject: 'log', said }];
  },
};

const purgeOverdue: AlertRule = {
  every: 'slow',
  look: async ({ pool, purgeDeadlineMs }, now) =>
    (await owedByConsumers(pool)).flatMap((owed) => {
      const since = owedSince(owed);
      if (since === undefined || now.getTime() - since.getTime() < purgeDeadlineMs) return [];
      return [
        {
          subject: owed.consumer,
          said: { consumer: owed.consumer, records: owed.records, since: since.toISOString() },
        },
      ];
    }),
};

const consumerLagging: AlertRule = {
  every: 'slow',
  look: async ({ pool }, now, hours) =>
    (await owedByConsumers(pool)).flatMap(({ consumer, behindSince }) =>
      behindSince === null || now.getTime() - behindSince.getTime() <= hours * hourMs
        ? []
        : [{ subject: consumer, said: { consumer, since: behindSince.toISOString() } }],
    ),
};

const webhookDisabled: AlertRule = {
  look: async ({ pool }) =>
    (await disabledWebhooks(pool)).map(({ id, consumer, host, reason, since }) => ({
      subject: id,
      said: { consumer, host, reason, since: since.toISOString() },
    })),
};

/** One episode a day; each further access is a step. Yesterday is looked at too, or the last minute before midnight is missed. */
const emergencyAccess: AlertRule = {
  tellsEnd: false,
  async look({ pool }, now) {
    const found: Condition[] = [];
    const today = copenhagenDay(now);
    for (const day of [daysAfter(today, -1), today]) {
      const count = await emergenciesBetween(pool, copenhagenInstant(day), copenhagenInstant(daysAfter(day, 1)));
      if (count > 0) found.push({ subject: day, step: count, said: { day, count } });
    }
    return found;
  },
};

const journalWaiting: AlertRule = {
  every: 'slow',
  look: async ({ pool, unitNames }, now, most) =>
    (await waitingPerUnit(pool, new Date(now.getTime() - journalPatienceMs)))
      .filter(({ late }) => late > most)
      .map(({ unit, late, oldest }) => ({
        subject: unit,
        said: { unit: unitNames.get(unit) ?? unit, items: late, oldest: oldest.toISOString() },
      })),
};

const queueDepth: AlertRule = {
  look: async ({ pool }, now, most) =>
    (await backlogs(pool, now))
      .filter(({ due }) => due > most)
      .map(({ queue, source, due }) => ({
        subject: source === null ? queue : `${queue}/${source}`,
        ...(source === null ? {} : { source }),
        said: { queue, source: source ?? '', due },
      })),
};

const keyAge: AlertRule = {
  every: 'slow',
  async look({ pool, currentKeyId }, now, days) {
    const since = await keyInUseSince(pool, currentKeyId, now);
    if (now.getTime() - since.getTime() <= days * dayMs) return [];
    return [{ subject: currentKeyId, said: { key: currentKeyId, since: since.toISOString() } }];
  },
};

const gigabyte = 1e9;
const databaseSize: AlertRule = {
  every: 'slow',
  async look({ pool }, _, most) {
    const bytes = await databaseBytes(pool);
    return bytes <= most * gigabyte ? [] : [{ subject: 'database', said: { gigabytes: Math.round(bytes / gigabyte) } }];
  },
};

const noticeUndelivered: AlertRule = {
  look: async ({ pool }, now, attempts) =>
    (await undelivered(pool, attempts, now)).map(({ contact, place, messages, outcome }) => ({
      subject: `${contact}/${place}`,
      said: { contact, channel: place.split(':')[0] ?? '', messages, outcome },
    })),
};

export const hubRules = {
  'log-unsealed': logUnsealed,
  'log-anchor': logAnchor,
  'purge-overdue': purgeOverdue,
  'consumer-lagging': consumerLagging,
  'webhook-disabled': webhookDisabled,
  'emergency-access': emergencyAccess,
  'journal-waiting': journalWaiting,
  'queue-depth': queueDepth,
  'key-age': keyAge,
  'database-size': databaseSize,
  'notice-undelivered': noticeUndelivered,
} as const;
