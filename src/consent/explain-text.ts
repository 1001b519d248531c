// A decision in plain Danish: which rule let a reader see a record or kept it from them, and on what ground. The same
// decision object the feed acted on; nothing is decided here.
import type { Decision } from './decide.ts';

const rules: Readonly<Record<Decision['rule'], string>> = {
  1: 'Borgeren selv og de, der repræsenterer borgeren, ser alt, som kilden ikke har tilbageholdt.',
  2: 'Oplysningen hører til læserens egen enhed.',
  3: 'Læseren havde taget akut adgang.',
  4: 'En lov deler oplysningen uden samtykke.',
  5: 'Borgeren har sagt nej.',
  6: 'Borgeren har sagt ja, eller en lov deler, som borgeren kan sige nej til.',
  7: 'Ingen regel viser oplysningen til læseren.',
};

const withheld = 'Kilden har tilbageholdt oplysningen for borgeren med en lovlig grund.';

const grounds: readonly (readonly [RegExp, (id: string, version: string | undefined) => string])[] = [
  [/^consent:([^:]+):(\d+)$/, (id, version) => `Samtykke ${id}, version ${version}.`],
  [/^statute:(.+)$/, (id) => `Hjemmel: ${id}.`],
  [/^emergency:(.+)$/, (id) => `Akut adgang ${id}.`],
  [/^representation:([^:]+):(\d+)$/, (id, version) => `Repræsentation ${id}, version ${version}.`],
];

const groundOf = (basis: string | null): string => {
  for (const [form, said] of grounds) {
    const match = form.exec(basis ?? '');
    if (match !== null) return ` ${said(match[1] ?? '', match[2])}`;
  }
  return '';
};

const shows: Readonly<Record<Decision['show'], string>> = {
  content: 'Vises.',
  busy: 'Kun tidspunktet vises.',
  stub: 'Kun at den findes, vises.',
  hidden: 'Vises ikke.',
};

const before15 = ' Det blev sagt af en anden end borgeren, før borgeren fyldte 15 år.';

/**
 * What of it is said about other people in the same record is that there are any. `beforeParty`: bases that others said
 * before the citizen turned 15.
 */
export const decisionText = (decision: Decision, beforeParty: ReadonlySet<string>): string => {
  if (decision.byOtherSubject) return `${shows[decision.show]} En anden person i den samme oplysning afgør det.`;
  const rule = decision.rule === 1 && decision.show === 'hidden' ? withheld : rules[decision.rule];
  const less = decision.stripped && decision.show === 'content' ? ' Beskyttede navne og adresser er udeladt.' : '';
  const whose = beforeParty.has(decision.basis ?? '') ? before15 : '';
  return `${shows[decision.show]} ${rule}${groundOf(decision.basis)}${whose}${less}`;
};
