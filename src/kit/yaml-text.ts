// Plain values as YAML that the hub's failsafe reader takes: every scalar a text, quoted where it must be, short lists on
// one line. For files that people go on writing.
import { isFields } from './sample-records.ts';

/** A scalar; anything that YAML could take for something else in quotes. */
export const scalar = (value: unknown): string => {
  const text = String(value);
  return /^[\p{L}_/][\p{L}\d_./-]*( [\p{L}\d_./-]+)*$/u.test(text) ? text : JSON.stringify(text);
};

export const flow = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (!isFields(value)) return scalar(value);
  const inner = Object.entries(value).map(([name, one]) => `${scalar(name)}: ${flow(one)}`);
  return inner.length === 0 ? '{}' : `{ ${inner.join(', ')} }`;
};

const WIDE = 110;

const listed = (value: readonly unknown[], margin: string): string => {
  const lines = [''];
  for (const one of value.map(flow)) {
    const last = lines.length - 1;
    if (`${margin}${lines[last]}${one}, `.length > WIDE && lines[last] !== '') lines.push(`${one}, `);
    else lines[last] += `${one}, `;
  }
  return `\n${margin}[\n${lines.map((line) => `${margin}  ${line.trimEnd()}\n`).join('')}${margin}]`;
};

/** A block; begins on a line of its own. */
export const block = (value: Readonly<Record<string, unknown>>, depth: number): string => {
  const margin = '  '.repeat(depth);
  return Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .map(([name, inner]) => {
      const short = flow(inner);
      const head = `${margin}${scalar(name)}:`;
      if (!isFields(inner) || Object.keys(inner).length === 0) {
        if (Array.isArray(inner) && head.length + short.length > WIDE)
          return `${head}${listed(inner, `${margin}  `)}\n`;
        return `${head} ${short}\n`;
      }
      const nested = Object.values(inner).some((one) => typeof one === 'object');
      return !nested && head.length + short.length < WIDE
        ? `${head} ${short}\n`
        : `${head}\n${block(inner, depth + 1)}`;
    })
    .join('');
};
