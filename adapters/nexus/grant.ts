// A grant's body as the hub sees it: its list of typed elements becomes an object by type, so that a mapping names an
// element and an element nobody knows shows up as drift; what only draws the form (choices, links) is left out.
import type { Resource } from './hal.ts';

/** Keys that describe the form a caseworker fills in, not what was filled in. */
const ofTheForm: ReadonlySet<string> = new Set([
  '_links',
  'metadata',
  'priority',
  'elementGrouping',
  'possibleValues',
  'municipalityList',
  'availablePatterns',
  'availableWeekDays',
  'availableWeekendDays',
  'hideable',
  'disableable',
  'disabledOnCatalog',
  'disabledOnPatient',
  'hasCommonValues',
  'maxLength',
  'lowerBound',
  'upperBound',
]);

const withoutForm = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutForm);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => (ofTheForm.has(name) ? [] : [[name, withoutForm(inner)]])),
  );
};

const typeOf = (element: unknown): string | undefined => {
  const type = (element as { readonly type?: unknown } | null)?.type;
  return typeof type === 'string' ? type : undefined;
};

/** Elements by type; a type that comes twice is a list. One without a type stays under its own name, to be seen. */
const byType = (elements: readonly unknown[]): Readonly<Record<string, unknown>> => {
  const found: Record<string, unknown> = {};
  for (const element of elements) {
    const { type: _, ...rest } = { ...(withoutForm(element) as Record<string, unknown>) };
    const type = typeOf(element) ?? 'untyped';
    const before = found[type];
    found[type] = before === undefined ? rest : [...(Array.isArray(before) ? before : [before]), rest];
  }
  return found;
};

const listOf = (value: unknown): readonly unknown[] | undefined =>
  Array.isArray(value) && value.length > 0 ? value : undefined;

/** What a workflow could do next, and whose the grant is, are not what the grant says. */
const notContent: ReadonlySet<string> = new Set([
  '_links',
  'patient',
  'currentElements',
  'futureElements',
  'currentWorkflowTransitions',
  'futureWorkflowTransitions',
]);

/** A grant that has been ordered but has not begun has its elements under `futureElements` only. */
export const grantBody = (grant: Resource): Readonly<Record<string, unknown>> => {
  const elements = listOf(grant['currentElements']) ?? listOf(grant['futureElements']) ?? [];
  const rest = Object.entries(grant).filter(([name]) => !notContent.has(name));
  return { ...(withoutForm(Object.fromEntries(rest)) as Record<string, unknown>), elements: byType(elements) };
};
