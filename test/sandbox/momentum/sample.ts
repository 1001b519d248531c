// Small deterministic data for tests of the adapter and the stub: no people, only numbered rows. The municipality's
// own generator makes the believable ones.
import { createMomentumData, type MomentumData } from './data.ts';

export const canaries = { cpr: '1103751239', name: 'Kanariefugl Momentumsen' } as const;

const guid = (kind: number, n: number): string =>
  `${n.toString(16).padStart(8, '0')}-0000-4000-8000-${kind.toString(16).padStart(12, '0')}`;
export const citizenId = (n: number): string => guid(1, n);

/** A minute apart; every tenth shares its second with the one before. */
export const changedAt = (n: number): string => {
  const minute = n % 10 === 9 ? n - 1 : n;
  return new Date(Date.UTC(2026, 0, 5, 8, 0, 0, n % 10 === 9 ? 7 : 0) + minute * 60_000).toISOString();
};

/** One citizen's number, and for citizen 0 the canary's; all fail modulus 11 or are born before October 2007. */
export const cprOf = (n: number): string =>
  n === 0 ? canaries.cpr : `0202${String(60 + (n % 30)).padStart(2, '0')}${1000 + n}`;

/** `n` citizens; every third has a plan with goals, two offers, two meetings, a task, notes, tags and contacts. */
export const sampleData = (n: number): MomentumData => {
  const data = createMomentumData();
  for (let i = 0; i < n; i += 1) {
    const citizen = citizenId(i);
    const at = { createdAt: '2025-06-01T08:00:00.000Z', updatedAt: changedAt(i) };
    const unit = { departmentId: 'jobcenter-aktiv', departmentName: 'Jobcenter, aktiv indsats' };
    data.citizens.put({
      id: citizen,
      cpr: cprOf(i),
      displayName: i === 0 ? canaries.name : `Borger ${i}`,
      targetGroupCode: '6.2',
      ...unit,
      ...at,
    });
    if (i % 3 !== 0) continue;
    const of = { citizenId: citizen, ...unit, ...at };
    const plan = guid(2, i);
    data.plans.put({
      ...of,
      id: plan,
      planType: 'MIN_PLAN',
      title: 'Min Plan',
      state: 'Active',
      goals: [
        { id: `${plan}-1`, type: 'JOB', description: 'Job på lager', state: 'Active', isPrimary: true },
        { id: `${plan}-2`, type: 'STEP', description: 'Truckcertifikat', state: 'Planned', parentGoalId: `${plan}-1` },
      ],
      progress: [{ id: `${plan}-p`, date: '2026-02-01', scale: 'Tro på job', value: 3, label: 'nogen' }],
    });
    for (const k of [0, 1]) {
      data.offers.put({
        ...of,
        id: guid(3 + k, i),
        planId: plan,
        offerTypeCode: k === 0 ? 'VIRKSOMHEDSPRAKTIK' : 'MENTOR',
        title: k === 0 ? 'Praktik på lager' : 'Mentor',
        state: 'Active',
      });
      data.meetings.put({
        ...of,
        id: guid(5 + k, i),
        conversationTypeCode: '7',
        title: 'Jobsamtale',
        start: '2026-12-01T09:00:00Z',
        state: 'Booked',
      });
    }
    data.tasks.put({
      ...of,
      id: guid(7, i),
      title: 'Send cv',
      taskType: 'AFTALE',
      state: 'Active',
      assignee: 'Borgeren',
    });
    data.journals.put({
      ...of,
      id: guid(8, i),
      title: 'Notat',
      categoryCode: 'NOTAT',
      eventDate: '2026-02-01T23:00:00Z',
    });
    data.tags.put({ ...of, id: guid(9, i), tag: { id: 't1', title: 'Intern' }, start: '2026-01-31T23:00:00Z' });
    data.caseworkers.put({
      ...of,
      id: guid(10, i),
      caseworkerId: 'c1',
      displayName: 'Sagsbehandler Et',
      role: 1,
      responsibilityCode: 'BESKAFTIGELSESSAGSBEHANDLER',
      responsibilityName: 'Beskæftigelsessagsbehandler',
      caseworkerIsActive: true,
    });
    data.privateContacts.put({ ...of, id: guid(11, i), title: 'Bisidder', name: `Bisidder ${i}`, isActive: true });
  }
  return data;
};
