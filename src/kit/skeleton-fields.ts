// The lines under `fields:` of a mapping skeleton: for each target what it needs, from the source fields that look like
// it, else a constant that passes the check and is marked as a decision.
import type { Kind } from '../model/kinds.ts';
import { namesIn } from './field-class.ts';
import type { DateForm, FieldGuess, KindGuess } from './guess.ts';
import { flow, scalar } from './yaml-text.ts';

export interface FieldLines {
  readonly lines: readonly string[];
  readonly used: ReadonlySet<string>;
  readonly decisions: readonly string[];
  /** Code tables that the lines name. */
  readonly tables: readonly {
    readonly name: string;
    readonly path: string;
    readonly values: readonly string[];
    readonly target: 'status' | 'coded';
  }[];
  readonly updatedAt?: { readonly path: string; readonly as: DateForm };
}

const byName: readonly (readonly [Kind, RegExp])[] = [
  ['citizen', /(borger|citizen|patient|person(er)?$|klient)/i],
  ['plan', /(^sag|sager|case|plan|forloeb|forløb)/i],
  ['goal', /(maal|mål|goal)/i],
  ['appointment', /(aftale|moede|møde|samtale|booking|appointment|event|kalender)/i],
  ['journalReference', /(journal|notat|dokument|document|note)/i],
  ['contact', /(kontakt|contact|netvaerk|netværk|paaroer|pårør|sagsbehandler)/i],
  ['condition', /(tilstand|diagnose|condition|maalgruppe|målgruppe)/i],
];

/** What a kind most likely becomes; an intervention where its name says nothing. */
export const guessTarget = (kind: string): Kind => byName.find(([, form]) => form.test(kind))?.[0] ?? 'intervention';

/** As the target wants it: a day, or a moment. */
const conversion = (form: DateForm, to: 'day' | 'instant'): DateForm =>
  to === 'day' ? (form.startsWith('dk') ? 'dk-date' : 'iso-date') : form.startsWith('dk') ? 'dk-datetime' : 'instant';

const startName = /(start|\bfra|from|begin|gyldig ?fra|bevilget|oprettet|dato$|date$|tidspunkt|time$)/i;
const endName = /(slut|\btil\b|til ?dato|end|\bto\b|ophør|ophoer|udløb|udloeb|lukket)/i;
const changedName = /(ændret|aendret|opdateret|updated|modified|changed|sidst)/i;
const titleName =
  /(titel|title|overskrift|emne|tilbud|ydelse|indsats|ydelsesnavn|navn|name|subject|beskriv|tekst|text|art|type)/i;

export const fieldLines = (to: Kind, system: string, kind: string, guess: KindGuess): FieldLines => {
  const used = new Set<string>();
  const decisions: string[] = [];
  const tables: FieldLines['tables'][number][] = [];
  const lines: string[] = [];
  const free = (field: FieldGuess): boolean =>
    !used.has(field.path) && !field.path.includes('[]') && field.path !== guess.cpr;
  const last = ({ path }: FieldGuess): string => namesIn(path).at(-1) ?? '';
  const take = (form: RegExp, fits: (field: FieldGuess) => boolean): FieldGuess | undefined => {
    const found = guess.fields.find((field) => free(field) && fits(field) && form.test(last(field)));
    if (found !== undefined) used.add(found.path);
    return found;
  };
  const decide = (what: string): string => {
    decisions.push(what);
    return ` # DECIDE: ${what}`;
  };

  const title = (name: string): void => {
    const plain = (field: FieldGuess): boolean => field.date === undefined && field.path !== guess.key;
    const found =
      take(titleName, (field) => plain(field) && field.kind === 'text') ??
      take(titleName, (field) => plain(field) && field.kind === 'other' && !/^@?id$/i.test(last(field))) ??
      take(titleName, (field) => plain(field) && field.kind === 'code') ??
      // `Navn` at the top of what is no person.
      take(/^navn|^name/i, (field) => plain(field) && !field.path.includes('.'));
    lines.push(
      found === undefined
        ? `  ${name}: { value: ${scalar(kind)} }${decide(`${kind}: which field is its ${name}?`)}`
        : `  ${name}: ${scalar(found.path)}${decide(`${kind}: is ${found.path} what readers should see as ${name}?`)}`,
    );
  };
  const coded = (name: string, form: RegExp, target: 'status' | 'coded', otherwise: string): void => {
    const found = take(form, (field) => field.codes !== undefined);
    const table = `${system}-${kind}-${name}`.toLowerCase();
    if (found?.codes === undefined && target === 'status') {
      lines.push(`  ${name}: { value: ${otherwise} }${decide(`${kind}: which field tells its status?`)}`);
      return;
    }
    const values = found?.codes ?? [otherwise];
    tables.push({ name: table, path: found?.path ?? name, values, target });
    const from = found === undefined ? `value: ${scalar(otherwise)}` : `from: ${scalar(found.path)}`;
    const doubt =
      found === undefined
        ? `${kind}: which field tells its ${name}?`
        : `${kind}: complete codes/${table}.yaml from the vendor’s list`;
    lines.push(`  ${name}: { ${from}, codes: ${table} }${decide(doubt)}`);
  };
  const dated = (form: RegExp): FieldGuess | undefined => take(form, (field) => field.date !== undefined);
  const changed = dated(changedName);
  const period = (): void => {
    const end = dated(endName);
    const start = dated(startName);
    if (start === undefined && end === undefined) return;
    lines.push('  period:');
    for (const [name, field] of [
      ['start', start],
      ['end', end],
    ] as const)
      if (field?.date !== undefined)
        lines.push(
          `    ${name}: { from: ${scalar(field.path)}, as: ${conversion(field.date, 'day')}, optional: true }`,
        );
  };
  const moment = (name: string): void => {
    const found = dated(startName) ?? dated(/./);
    lines.push(
      found?.date === undefined
        ? `  ${name}: { value: "2026-01-01T00:00:00Z" }${decide(`${kind}: which field tells when it is?`)}`
        : `  ${name}: { from: ${scalar(found.path)}, as: ${conversion(found.date, 'instant')} }`,
    );
  };
  const status = (): void => coded('status', /(status|tilstand|state)/i, 'status', 'active');
  const person = (): void => {
    const names = guess.fields.filter((field) => free(field) && field.kind === 'name');
    for (const field of names.slice(0, 2)) used.add(field.path);
    lines.push(
      names.length === 0
        ? `  name: { value: "Ukendt" }${decide(`${kind}: which field is the name?`)}`
        : `  name: { call: join-words, with: ${flow(names.slice(0, 2).map(({ path }) => path))} }${decide(`${kind}: the name, and in this order?`)}`,
    );
  };

  const made: Partial<Record<Kind, () => void>> = {
    citizen: () => {
      person();
      decisions.push(
        `${kind}: name and address count only from sources with \`master: yes\`; a protection flag must be mapped to \`protection\`.`,
      );
    },
    plan: () => {
      status();
      coded('type', /(type|art|kategori|category|model)/i, 'coded', 'plan');
      title('title');
      period();
    },
    goal: () => {
      status();
      lines.push(`  category: { value: goal }${decide(`${kind}: wish, purpose, goal or subGoal?`)}`);
      title('text');
      period();
    },
    appointment: () => {
      status();
      moment('start');
      title('title');
    },
    journalReference: () => {
      title('title');
      lines.push(`  type: { value: entry }${decide(`${kind}: case, entry, document or plan?`)}`);
      const found = dated(startName) ?? dated(/./);
      if (found?.date !== undefined)
        lines.push(`  date: { from: ${scalar(found.path)}, as: ${conversion(found.date, 'day')}, optional: true }`);
    },
    contact: () => {
      person();
      coded('role', /(rolle|role|relation|type)/i, 'coded', 'kontakt');
      lines.push(`  professional: { value: "true" }${decide(`${kind}: professionals, or private persons (false)?`)}`);
    },
    condition: () => {
      status();
      coded('type', /(type|art|kode|code|diagnose|gruppe|tilstand)/i, 'coded', 'tilstand');
      period();
    },
  };
  const intervention = (): void => {
    status();
    lines.push(`  type: { value: intervention }${decide(`${kind}: intervention, service, benefit or activity?`)}`);
    title('title');
    period();
  };
  (made[to] ?? intervention)();
  return {
    lines,
    used,
    decisions,
    tables,
    ...(changed?.date === undefined
      ? {}
      : { updatedAt: { path: changed.path, as: conversion(changed.date, 'instant') } }),
  };
};
