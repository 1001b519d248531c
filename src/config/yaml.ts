// Reads YAML with the failsafe schema: every scalar is a string, so `01` stays `01` and `no` stays `no`.
// Errors name the file and the line, never the content of the line.
import { readFileSync } from 'node:fs';
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, Scalar, visit } from 'yaml';
import { HubError } from '../errors.ts';

export interface YamlOptions {
  /**
   * Where unquoted numbers, true, false and null are JSON values all the same; `*` is any list element.
   * Examples in mapping files use it, because JSON sources have numbers.
   */
  readonly jsonAt?: readonly string[];
}

const fail = (message: string, hint: string, cause?: unknown): HubError =>
  new HubError({ code: 'config/invalid', fault: 'config', message, hint, cause });

const jsonScalar = (text: string): unknown => {
  if (/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return Number(text);
  if (text === 'true') return true;
  if (text === 'false') return false;
  return text === 'null' ? null : text;
};

const nodesAt = (node: unknown, path: readonly string[]): readonly Node[] => {
  const [step, ...rest] = path;
  if (step === undefined) return isMap(node) || isSeq(node) || isScalar(node) ? [node] : [];
  if (step === '*') return isSeq(node) ? node.items.flatMap((item) => nodesAt(item, rest)) : [];
  return isMap(node) ? nodesAt(node.get(step, true), rest) : [];
};

/** @throws HubError `config/invalid` naming file and line. */
export const parseYaml = (text: string, name: string, options: YamlOptions = {}): unknown => {
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: 'failsafe', lineCounter: lines, prettyErrors: false });
  const [first] = document.errors;
  if (first !== undefined) {
    const { line } = lines.linePos(first.pos[0]);
    const code = first.code.toLowerCase().replaceAll('_', ' ');
    throw fail(
      `${name}, line ${line}: not valid YAML (${code}).`,
      'Check indentation, quotes and duplicate names.',
      first,
    );
  }
  for (const node of options.jsonAt === undefined ? [] : nodesAt(document.contents, options.jsonAt)) {
    visit(node, {
      Scalar(key, scalar) {
        if (key === 'key' || scalar.type !== Scalar.PLAIN || typeof scalar.value !== 'string') return;
        scalar.value = jsonScalar(scalar.value);
      },
    });
  }
  try {
    // Aliases expand to at most this many nodes: a small file must not become a large one.
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw fail(`${name}: an alias (*) has no anchor or is repeated too often.`, 'Write the value out.', cause);
  }
};

/** @throws HubError `config/invalid` when the file cannot be read or is not YAML. */
export const readYaml = (path: string, options: YamlOptions = {}): unknown => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw fail(`${path}: the file cannot be read.`, 'Check that it exists and that the hub may read it.', cause);
  }
  return parseYaml(text, path, options);
};
