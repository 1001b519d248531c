// $filter and $orderby of the DUBU stub: enough of OData's grammar to be honest, and an error for what is beyond it.

export class BadQuery extends Error {}

export type Entity = Readonly<Record<string, unknown>>;
type Test = (entity: Entity) => boolean;

const tokenPattern =
  /\s*(?:(\()|(\))|('(?:[^']|'')*')|(\d{4}-\d\d-\d\d(?:T[\d:.]+Z)?)|(-?\d+(?:\.\d+)?)|([\p{L}_][\p{L}\p{N}_/]*\/any\([\p{L}_]+:|[\p{L}_][\p{L}\p{N}_/]*)|(,))/uy;

const tokensOf = (filter: string): readonly string[] => {
  const text = filter.trim();
  const tokens: string[] = [];
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < text.length) {
    const match = tokenPattern.exec(text);
    if (match === null) throw new BadQuery('Syntax error in $filter.');
    tokens.push(match[0].trim());
  }
  return tokens;
};

/** A property by its path; one that no entity of the set has is an error, as it is in the product. */
export const valueAt = (entity: Entity, path: string): unknown => {
  let here: unknown = entity;
  for (const name of path.split('/')) {
    if (here === null || here === undefined) return null;
    if (typeof here !== 'object' || !(name in here)) throw new BadQuery(`Could not find a property named '${name}'.`);
    here = (here as Entity)[name];
  }
  return here;
};

const literalOf = (token: string): unknown => {
  if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
  if (token === 'true' || token === 'false') return token === 'true';
  if (token === 'null') return null;
  return /^-?\d+(\.\d+)?$/.test(token) ? Number(token) : token;
};

const comparisons: Readonly<Record<string, (a: never, b: never) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
};

export const parseFilter = (text: string): Test => {
  const tokens = [...tokensOf(text)];
  const take = (): string => {
    const token = tokens.shift();
    if (token === undefined) throw new BadQuery('$filter ends too early.');
    return token;
  };
  const closing = (): void => {
    if (take() !== ')') throw new BadQuery('A parenthesis is missing in $filter.');
  };

  const any = (opening: string): Test => {
    const [path = '', name = ''] = opening.slice(0, -1).split('/any(');
    const test = either();
    closing();
    return (entity) => (valueAt(entity, path) as readonly Entity[]).some((one) => test({ ...entity, [name]: one }));
  };
  const single = (): Test => {
    const token = take();
    if (token === '(') {
      const test = either();
      closing();
      return test;
    }
    if (token === 'not') {
      const test = single();
      return (entity) => !test(entity);
    }
    if (token.endsWith(':')) return any(token);
    const compare = comparisons[take()];
    if (compare === undefined) throw new BadQuery('An operator of $filter is not known.');
    const literal = literalOf(take());
    return (entity) => compare(valueAt(entity, token) as never, literal as never);
  };
  const all = (): Test => {
    const tests = [single()];
    while (tokens[0] === 'and') {
      tokens.shift();
      tests.push(single());
    }
    return (entity) => tests.every((test) => test(entity));
  };
  const either = (): Test => {
    const tests = [all()];
    while (tokens[0] === 'or') {
      tokens.shift();
      tests.push(all());
    }
    return (entity) => tests.some((test) => test(entity));
  };

  const test = either();
  if (tokens.length > 0) throw new BadQuery('$filter goes on after its end.');
  return test;
};

export const parseOrder = (text: string): ((a: Entity, b: Entity) => number) => {
  const terms = text.split(',').map((term) => {
    const [path = '', direction = 'asc'] = term.trim().split(/\s+/);
    return { path, sign: direction === 'desc' ? -1 : 1 };
  });
  return (a, b) => {
    for (const { path, sign } of terms) {
      const [x, y] = [valueAt(a, path) as string, valueAt(b, path) as string];
      if (x !== y) return (x < y ? -1 : 1) * sign;
    }
    return 0;
  };
};
