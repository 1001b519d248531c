// A set of the DUBU stub under OData's query options: filtered, ordered, counted, cut, selected and expanded.
import { BadQuery, type Entity, parseFilter, parseOrder } from './filter.ts';

export interface Answer {
  readonly value: readonly Entity[];
  readonly count?: number;
}

/** Splits at the top level: `a,b($select=c,d),e`. */
const parts = (text: string, separator: string): readonly string[] => {
  const found: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (text[at] === separator && depth === 0) {
      found.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...found, text.slice(from)].map((part) => part.trim()).filter((part) => part !== '');
};

/** What `$expand` names, each with its own options. */
const expandOf = (text: string): ReadonlyMap<string, URLSearchParams> =>
  new Map(
    parts(text, ',').map((part) => {
      const [, name = part, inner = ''] = /^([^(]+)(?:\((.*)\))?$/s.exec(part) ?? [];
      return [
        name,
        new URLSearchParams(
          parts(inner, ';').map((option): [string, string] => [
            option.split('=')[0] ?? '',
            option.slice(option.indexOf('=') + 1),
          ]),
        ),
      ];
    }),
  );

const isEntity = (value: unknown): value is Entity => value !== null && typeof value === 'object';

/** Navigation properties of every set; they are left out unless expanded. */
const navigation = new Set(['primaerPerson', 'primaerBehandler', 'foerstkommendeFrist', 'omfattedePersoner', 'maal']);

const shaped = (entity: Entity, options: URLSearchParams): Entity => {
  const select = options.get('$select');
  const expand = expandOf(options.get('$expand') ?? '');
  const own = Object.keys(entity).filter((name) => !navigation.has(name));
  const wanted = select === null ? own : select.split(',').map((name) => name.split('/')[0] ?? '');
  const plain = wanted.map((name) => {
    if (!(name in entity)) throw new BadQuery(`Could not find a property named '${name}'.`);
    return [name, entity[name]] as const;
  });
  const expanded = [...expand].map(([name, inner]) => {
    if (!(name in entity)) throw new BadQuery(`The navigation property '${name}' is not known.`);
    const value = entity[name];
    const below = Array.isArray(value)
      ? value.map((one: Entity) => shaped(one, inner))
      : isEntity(value)
        ? shaped(value, inner)
        : null;
    return [name, below] as const;
  });
  return Object.fromEntries([...plain, ...expanded]);
};

const whole = (options: URLSearchParams, name: string): number | undefined => {
  const text = options.get(name);
  if (text === null) return undefined;
  if (!/^\d+$/.test(text)) throw new BadQuery(`${name} must be a whole number.`);
  return Number(text);
};

/** @throws BadQuery */
export const ask = (set: readonly Entity[], options: URLSearchParams): Answer => {
  for (const name of options.keys())
    if (!/^\$(select|expand|filter|orderby|top|skip|count|skiptoken)$/.test(name))
      throw new BadQuery(`The query option '${name}' is not supported.`);
  const filter = options.get('$filter');
  const order = options.get('$orderby');
  const test = filter === null ? undefined : parseFilter(filter);
  const found = test === undefined ? [...set] : set.filter(test);
  if (order !== null) found.sort(parseOrder(order));
  const skip = whole(options, '$skip') ?? 0;
  const some = found.slice(skip, skip + (whole(options, '$top') ?? found.length));
  return {
    value: some.map((entity) => shaped(entity, options)),
    ...(options.get('$count') === 'true' ? { count: found.length } : {}),
  };
};
