// A case as people would describe it, and as the index holds it: the parts every case has are filled in here.
import type { IndexCase, IndexTopic } from '../sf1470/data.ts';
import { type Master, masters } from '../sf1470/roles.ts';
import { instantAt } from './days.ts';
import { keyOf } from './keys.ts';
import { nameOf } from './relatives.ts';
import { type Professional, type UnitId, units } from './staff.ts';
import type { Person } from './types.ts';

export type Progress = IndexCase['states'][number]['code'];

export interface Sketch {
  readonly number: string;
  readonly topic: string;
  readonly title: string;
  readonly legalBasis?: string;
  readonly unit: UnitId;
  readonly handler: Professional;
  /** A second caseworker, from a day or an instant. */
  readonly second?: { readonly who: Professional; readonly from: string };
  readonly master: Master;
  /** What happened, in order: on which day, or at which instant. */
  readonly course: readonly (readonly [Progress, string])[];
  readonly parties: readonly (readonly [IndexCase['parties'][number]['role'], Person])[];
  /** `null`: the sender told none. */
  readonly sensitivity: string | null;
  readonly intervention?: string;
  readonly benefit?: string;
  readonly exempt?: { readonly title: string; readonly basis: string };
  readonly description?: string;
  /** Limited to those who handle it. */
  readonly limited?: true;
}

const atNoon = (when: string): string => (when.length === 10 ? instantAt(when, '12:00') : when);

const idOf = (what: string, of: string): string => keyOf(1470, 1, what, of);

const topicsOf = ({ number, topic, intervention, benefit, course }: Sketch, from: string): readonly IndexTopic[] => {
  const decided = course.find(([code]) => code === 'Afgjort')?.[1];
  const since = decided === undefined ? from : atNoon(decided);
  const also = (role: IndexTopic['role'], title: string | undefined): readonly IndexTopic[] =>
    title === undefined
      ? []
      : [{ role, id: idOf(role, title), number: idOf(role, title).slice(0, 8), title, facet: 'Egevang', from: since }];
  return [
    { role: 'PrimaerKlasse', id: idOf('kle', number), number, title: topic, facet: 'KLE Emneplan', from },
    {
      role: 'Handlingsklasse',
      id: idOf('kle', 'G01'),
      number: 'G01',
      title: 'Generelle sager',
      facet: 'KLE - handlingsfacet',
      from,
    },
    ...also('Indsatsklasse', intervention),
    ...also('Ydelsesklasse', benefit),
  ];
};

/** @param stsTime when the index got to know of it */
export const indexCase = (uuid: string, caseNumber: string, sketch: Sketch, stsTime?: string): IndexCase => {
  const [first] = sketch.course;
  const created = instantAt(first?.[1] ?? '2026-01-05', '09:00');
  const last = atNoon(sketch.course.at(-1)?.[1] ?? '2026-01-05');
  const owner = { role: 'Ejer', id: idOf('organisation', 'egevang'), name: 'Egevang Kommune', from: created } as const;
  const handler = (role: 'PrimaerBehandler' | 'AndreBehandlere', who: Professional, from: string) =>
    ({ role, id: idOf('user', who.id), name: who.name, key: who.id, from }) as const;
  const { id, name } = masters[sketch.master];
  return {
    uuid,
    stsTime: stsTime ?? new Date(Date.parse(last) + 7_120).toISOString(),
    time: stsTime ?? last,
    life: 'Importeret',
    properties: [
      {
        from: created,
        number: caseNumber,
        title: sketch.title,
        ...(sketch.description === undefined ? {} : { description: sketch.description }),
        ...(sketch.legalBasis === undefined ? {} : { legalBasis: sketch.legalBasis }),
        ...(sketch.exempt === undefined ? {} : { exempt: sketch.exempt }),
      },
    ],
    indexed: [{ from: created, created, ...(sketch.sensitivity === null ? {} : { sensitivity: sketch.sensitivity }) }],
    states: sketch.course.map(([code, when], at) => {
      const next = sketch.course[at + 1];
      const from = at === 0 ? created : atNoon(when);
      return next === undefined ? { code, from } : { code, from, to: atNoon(next[1]) };
    }),
    actors: [
      owner,
      { role: 'Ansvarlig', id: idOf('unit', sketch.unit), name: units[sketch.unit], key: sketch.unit, from: created },
      handler('PrimaerBehandler', sketch.handler, created),
      ...(sketch.second === undefined
        ? []
        : [handler('AndreBehandlere', sketch.second.who, atNoon(sketch.second.from))]),
    ],
    topics: topicsOf(sketch, created),
    parties: sketch.parties.map(([role, person]) => ({ role, cpr: person.cpr, name: nameOf(person), from: created })),
    systems: [
      { role: 'Master', id, name },
      { role: 'Afsender', id, name },
    ],
    ...(sketch.limited === undefined ? {} : { profile: [idOf('user', sketch.handler.id)] }),
  };
};
