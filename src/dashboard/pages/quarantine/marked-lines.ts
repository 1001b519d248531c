// A record as lines of text, with a mark at the fields that could not be read, also where such a field is missing.

export interface Line {
  readonly text: string;
  readonly marked: boolean;
}

/** `plan.goals[].state`: list places say nothing. Decoding writes them as `goals.[].state`. */
const plain = (path: string): string => path.replace(/\.?\[[^\]]*\]/g, '').replace(/^\./, '');

/** @param paths in the source's own record: `goals[].state` */
export const markedLines = (body: unknown, paths: readonly string[]): readonly Line[] => {
  const wanted = new Set(paths.map(plain).filter((path) => path !== ''));
  const within = (path: string): boolean => [...wanted].some((one) => path === one || path.startsWith(`${one}.`));
  const lines: Line[] = [];
  const put = (depth: number, text: string, path: string): void => {
    lines.push({ text: '  '.repeat(depth) + text, marked: within(path) });
  };
  const write = (value: unknown, path: string, depth: number, lead: string, tail: string): void => {
    const isList = Array.isArray(value);
    const isObject = typeof value === 'object' && value !== null;
    const parts = isList ? value.map((one) => ['', one] as const) : isObject ? Object.entries(value) : [];
    if (parts.length === 0) {
      put(depth, `${lead}${JSON.stringify(value) ?? 'null'}${tail}`, path);
      return;
    }
    put(depth, `${lead}${isList ? '[' : '{'}`, path);
    for (const [index, [name, one]] of parts.entries()) {
      const here = isList ? path : path === '' ? name : `${path}.${name}`;
      const comma = index === parts.length - 1 ? '' : ',';
      write(one, here, depth + 1, isList ? '' : `${JSON.stringify(name)}: `, comma);
    }
    put(depth, `${isList ? ']' : '}'}${tail}`, path);
  };
  write(body, '', 0, '', '');
  return lines;
};
