// Who is there for the citizen: professionals by area, then family and network. One person whom several systems name is
// one card with every role; who is no longer there is told last.
import type { FastifyInstance } from 'fastify';
import { copenhagenDay } from '../../../clock.ts';
import type { DashboardContext } from '../../context.ts';
import type { Pages } from '../../render.ts';
import { registerPart } from './frame.ts';
import { contactsPart } from './parts.ts';
import { sourcesView } from './plan-view.ts';
import type { Shown, ShownPlan } from './shown.ts';

export type Contact = Shown<'contact'>;

export interface Person {
  /** Absent: the reader may not know it. */
  readonly name?: string;
  readonly professional: boolean;
  readonly roles: readonly Contact[];
  readonly phones: readonly string[];
  readonly emails: readonly string[];
}

const every = (values: readonly (string | undefined)[]): readonly string[] => [
  ...new Set(values.filter((value) => value !== undefined)),
];

export const isOverAt = ({ period }: Contact, today: string): boolean => (period?.end ?? '9999') < today;

/** The same name on the same side of the table is the same person; who has no name stands alone. */
export const peopleOf = (contacts: readonly Contact[]): readonly Person[] =>
  [...Map.groupBy(contacts, ({ id, name, professional }) => (name === undefined ? id : `${professional} ${name}`))]
    .map(([, roles]) => ({
      ...(roles[0]?.name === undefined ? {} : { name: roles[0].name }),
      professional: roles[0]?.professional === true,
      roles,
      phones: every(roles.map(({ phone }) => phone)),
      emails: every(roles.map(({ email }) => email)),
    }))
    .sort((a, b) => (a.name ?? '~').localeCompare(b.name ?? '~', 'da'));

const areas = ['employment', 'social', 'health', 'family', 'education', 'shared'];

export const registerContacts = (app: FastifyInstance, context: DashboardContext, pages: Pages): void => {
  registerPart(app, context, pages, contactsPart, {
    get: async (at) => {
      const plan = await at.get<ShownPlan>('/plan?fields=citizen(name,age),contacts');
      const today = copenhagenDay(context.clock.now());
      const isOver = (one: Contact): boolean => isOverAt(one, today);
      const contacts = plan.contacts ?? [];
      const people = peopleOf(contacts.filter((one) => !isOver(one)));
      const { t } = pages.speech(at.request);
      return at.show(
        'contacts',
        { title: t(at.own ? 'contacts.titleOwn' : 'contacts.title') },
        {
          citizen: plan.citizen,
          groups: areas
            .map((domain) => ({
              domain,
              people: people.filter(({ professional, roles }) => professional && roles[0]?.domain === domain),
            }))
            .filter((group) => group.people.length > 0),
          network: people.filter(({ professional }) => !professional),
          former: peopleOf(contacts.filter(isOver)),
          ...sourcesView(plan.sources),
        },
      );
    },
  });
};
