// What somebody asks the citizen to let them see: a consent another system or a professional proposes, or a meeting with
// everybody who is asked to it. What a yes would show stands beside the yes; nothing is in force before.
import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { DashboardContext } from '../../context.ts';
import { readFilters, readForm } from '../../input.ts';
import type { Pages } from '../../render.ts';
import { type At, Refused, registerPart } from './frame.ts';
import { sharingPart } from './parts.ts';
import { readChanges } from './sharing-changes.ts';
import { readSharing, sourceTitles } from './sharing-read.ts';
import { inNames, type ShownProposal, titleOf } from './sharing-view.ts';

const id = z.uuid();
const form = z.object({ id, answer: z.enum(['yes', 'no']), key: z.uuid() });

/** What a yes to it says. */
const consentOf = (proposal: ShownProposal): object => {
  const { recipient, domains, kinds, purposes, upTo, show, from, to, record } = proposal;
  const lists = { ...(domains === undefined ? {} : { domains }), ...(kinds === undefined ? {} : { kinds }) };
  const rest = { ...(purposes === undefined ? {} : { purposes }), ...(record === undefined ? {} : { record }) };
  return { decision: 'grant', recipient, ...lists, ...rest, upTo, show, from, ...(to === undefined ? {} : { to }) };
};

const asked = (at: At): string | undefined => readFilters(at.request, { id }).id;

/** Answered meanwhile, or taken back by whoever asked. */
const gone = (at: At) => at.reply.redirect(`${at.base}/sharing?done=sharing.gone`, 303);

export const registerSharingAsked = (app: FastifyInstance, context: DashboardContext, pages: Pages): void => {
  registerPart(app, context, pages, sharingPart, {
    below: '/asked',
    get: async (at) => {
      const facts = await readSharing(at, context.clock.now());
      const one = facts.asked.find((proposal) => proposal.id === asked(at));
      if (facts.takenBack.some((proposal) => proposal.id === asked(at))) return gone(at);
      if (one === undefined) return pages.missing(at.request, at.reply);
      const speech = pages.speech(at.request);
      const reader = facts.readers.find(({ recipient }) => recipient === one.recipient);
      const who = titleOf(reader ?? { recipient: one.recipient, because: [] }, facts.names, speech);
      const changes = await readChanges(at, { say: [consentOf(one)] }, facts, speech);
      return at.show(
        'sharing-asked',
        { title: speech.t('sharing.askedTitle'), heading: speech.t('sharing.askedBy', { who }) },
        { sources: sourceTitles(context), one: inNames(one, who), who, changes, key: randomUUID() },
      );
    },
    post: async (at) => {
      const given = readForm(at.request, form);
      if (!given.ok) return pages.missing(at.request, at.reply);
      const { answer, key } = given.data;
      const verb = answer === 'yes' ? 'confirm' : 'dismiss';
      try {
        await at.post(`/v1/citizens/${at.id}/consent-proposals/${given.data.id}/${verb}`, {}, key);
      } catch (thrown) {
        if (!(thrown instanceof Refused) || thrown.status !== 409) throw thrown;
        return gone(at);
      }
      return at.reply.redirect(`${at.base}/sharing?done=sharing.${answer === 'yes' ? 'grant' : 'dismissed'}`, 303);
    },
  });

  registerPart(app, context, pages, sharingPart, {
    below: '/meeting',
    get: async (at) => {
      const facts = await readSharing(at, context.clock.now());
      const meeting = facts.meetings.find((one) => one.id === asked(at));
      if (meeting === undefined) return pages.missing(at.request, at.reply);
      const speech = pages.speech(at.request);
      const say = facts.asked.filter((one) => one.meeting === meeting.id).map(consentOf);
      const changes = say.length === 0 ? [] : await readChanges(at, { say: say.slice(0, 50) }, facts, speech);
      return at.show(
        'sharing-meeting',
        { title: speech.t('sharing.meetingTitle'), heading: speech.t('sharing.meetingAsks', { title: meeting.title }) },
        { meeting, changes, asks: say.length, key: randomUUID() },
      );
    },
    post: async (at) => {
      const given = readForm(at.request, form);
      if (!given.ok) return pages.missing(at.request, at.reply);
      const { answer, key } = given.data;
      const said = answer === 'yes' ? 'accepted' : 'declined';
      await at.post(`/v1/citizens/${at.id}/meetings/${given.data.id}/answer`, { answer: said }, key);
      return at.reply.redirect(`${at.base}/sharing?done=sharing.${said}`, 303);
    },
  });
};
