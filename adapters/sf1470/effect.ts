// Virkning: a case's properties, states and relations are listed in versions, each with the time it is in effect. Of a
// list one version stands at a time, or several relations hold at once; an open end is a GraenseIndikator, or absent.
import { at, textAt } from '../../src/adapter/soap.ts';
import type { XmlObject, XmlValue } from '../../src/adapter/xml.ts';
import { copenhagenInstant } from '../../src/clock.ts';

/** Milliseconds; `from` included, `to` not. */
export interface Effect {
  readonly from: number;
  readonly to: number;
}

export const isObject = (value: XmlValue | undefined): value is XmlObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** XML has no lists of one: an element, several, or none. */
export const listOf = (value: XmlValue | undefined): readonly XmlObject[] =>
  ((Array.isArray(value) ? value : [value]) as readonly (XmlValue | undefined)[]).filter(isObject);

/** An xsd:dateTime as milliseconds; one without a zone is Copenhagen time. NaN when it is none. */
export const instantOf = (text: string): number => {
  const [, day, time, zone] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?$/.exec(text) ?? [];
  if (day === undefined) return Number.NaN;
  return zone === undefined ? copenhagenInstant(day, time).getTime() : Date.parse(text);
};

const boundOf = (virkning: XmlValue | undefined, name: string, open: number): number => {
  const text = textAt(virkning, name, 'TidsstempelDatoTid');
  const instant = text === undefined ? Number.NaN : instantOf(text);
  return Number.isNaN(instant) ? open : instant;
};

export const effectOf = (element: XmlObject): Effect => {
  const virkning = at(element, 'Virkning');
  return {
    from: boundOf(virkning, 'FraTidspunkt', Number.NEGATIVE_INFINITY),
    to: boundOf(virkning, 'TilTidspunkt', Number.POSITIVE_INFINITY),
  };
};

/** Those in effect at the moment, in their order. */
export const holding = (list: readonly XmlObject[], now: number): readonly XmlObject[] =>
  list.filter((element) => {
    const { from, to } = effectOf(element);
    return from <= now && now < to;
  });

/** Those in effect or still to come: what is over is left out. */
export const holdingOrComing = (list: readonly XmlObject[], now: number): readonly XmlObject[] =>
  list.filter((element) => now < effectOf(element).to);

/**
 * The one version that stands at the moment: of several the one that began last, of two that began together the later
 * in the list. A gap is bridged by the version before it, a time before the first by the first.
 */
export const standing = (list: readonly XmlObject[], now: number): XmlObject | undefined => {
  const begun = list.filter((element) => effectOf(element).from <= now);
  const still = begun.filter((element) => now < effectOf(element).to);
  const latest = (some: readonly XmlObject[]): XmlObject | undefined =>
    some.reduce<XmlObject | undefined>(
      (best, one) => (best === undefined || effectOf(one).from >= effectOf(best).from ? one : best),
      undefined,
    );
  const first = (some: readonly XmlObject[]): XmlObject | undefined =>
    some.reduce<XmlObject | undefined>(
      (best, one) => (best === undefined || effectOf(one).from < effectOf(best).from ? one : best),
      undefined,
    );
  return latest(still) ?? latest(begun) ?? first(list);
};

const instantText = (instant: number): string | undefined =>
  Number.isFinite(instant) ? new Date(instant).toISOString() : undefined;

/** First and last moment, absent where open. */
export const boundsOf = (element: XmlObject): { readonly Fra?: string; readonly Til?: string } => {
  const { from, to } = effectOf(element);
  const [Fra, Til] = [instantText(from), instantText(to - 1)];
  return { ...(Fra === undefined ? {} : { Fra }), ...(Til === undefined ? {} : { Til }) };
};
