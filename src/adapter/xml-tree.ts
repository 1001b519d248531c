// XML events as plain values: the parser's handlers build one record at a time, and beside the records a bounded rest of
// the document. Nothing here waits or knows of bytes. Sizes are counted in characters kept, so that they do not depend on
// how the document was cut.
import { SaxesParser } from 'saxes';
import { HubError } from '../errors.ts';
import type { XmlObject, XmlValue } from './xml.ts';

export interface TreeOptions {
  /** Local names from the root to the records; `*` is any one element. Empty: no records. */
  readonly records: readonly string[];
  readonly maxRecordBytes: number;
  readonly maxRestBytes: number;
  readonly maxDepth: number;
  readonly onRecord: (record: XmlObject) => void;
}

export interface Tree {
  /** @throws HubError `source/bad-answer` or `source/too-large` */
  write(text: string): void;
  /** The document has ended: what it held beside the records, under the root's name. @throws HubError as above */
  end(): XmlObject;
}

const bad = (message: string, hint?: string): HubError =>
  new HubError({ code: 'source/bad-answer', fault: 'source', message, ...(hint === undefined ? {} : { hint }) });

const tooLarge = (what: string, hint: string): HubError =>
  new HubError({ code: 'source/too-large', fault: 'source', message: `${what} is larger than the limit.`, hint });

const instance = 'http://www.w3.org/2001/XMLSchema-instance';
/** What an element costs beside its characters. */
const perNode = 16;

type Open = Record<string, XmlValue>;

/** Repeated names become a list. An own property is asked for: `constructor` is a name like any other. */
const put = (target: Open, name: string, value: XmlValue): void => {
  const there = target[name];
  if (there === undefined || !Object.hasOwn(target, name)) target[name] = value;
  else if (Array.isArray(there)) there.push(value);
  else target[name] = [there, value];
};

export const createTree = (options: TreeOptions): Tree => {
  const { records, maxRecordBytes, maxRestBytes, maxDepth } = options;
  // Six handlers: with more than seven, V8 turns the parser into a dictionary and it reads at a sixth of its speed.
  const parser = new SaxesParser({ position: false, xmlns: false } as const);
  /** By depth, from 1: the element's name, its attributes and children if any, its text, whether it is nil. */
  const names: string[] = [''];
  const nodes: (Open | undefined)[] = [{}];
  const texts: string[] = [''];
  const nils: boolean[] = [false];
  const locals = new Map<string, string>();
  const nilNames = new Set<string>(['xsi:nil']);
  const silentNames = new Set<string>(['xsi:schemaLocation', 'xsi:noNamespaceSchemaLocation']);
  let depth = 0;
  /** How many of the path's names the open elements agree with. */
  let matched = 0;
  /** Depth of the open record, 0 outside. */
  let record = 0;
  let recordSize = 0;
  let restSize = 0;
  /** Characters read since the last element or text: a comment or a value without end is kept by the parser, not by us. */
  let idle = 0;

  const localOf = (name: string): string => {
    let local = locals.get(name);
    if (local === undefined) {
      local = name.slice(name.indexOf(':') + 1);
      if (local === '__proto__') throw bad('An element or attribute has a name that is not accepted.');
      if (locals.size > 10_000) locals.clear();
      locals.set(name, local);
    }
    return local;
  };

  const grow = (by: number): void => {
    if (record > 0) {
      recordSize += by;
      if (recordSize > maxRecordBytes)
        throw tooLarge('One record of the XML', 'Check the path of the records: it may name what surrounds them.');
    } else {
      restSize += by;
      if (restSize > maxRestBytes)
        throw tooLarge(
          'What the XML holds beside the records',
          'Check the path of the records: it may name nothing that is there.',
        );
    }
  };

  const bind = (prefix: string): void => {
    nilNames.add(`${prefix}:nil`);
    silentNames.add(`${prefix}:schemaLocation`).add(`${prefix}:noNamespaceSchemaLocation`);
  };

  const nodeAt = (level: number): Open => {
    const there = nodes[level];
    if (there !== undefined) return there;
    const made: Open = {};
    nodes[level] = made;
    return made;
  };

  const attributesOf = (attributes: Record<string, string>): void => {
    for (const name in attributes) {
      const value = attributes[name] as string;
      if (name.startsWith('xmlns') && (name.length === 5 || name.charCodeAt(5) === 58)) {
        if (value === instance) bind(name.slice(6));
        continue;
      }
      if (silentNames.has(name)) continue;
      if (nilNames.has(name)) {
        if (value.trim() === 'true' || value.trim() === '1') nils[depth] = true;
        continue;
      }
      const local = `@${localOf(name)}`;
      grow(value.length + local.length + perNode);
      const node = nodeAt(depth);
      // Without a prefix it is the element's own; another vocabulary's attribute of the same name gives way.
      if (local.length === name.length + 1 || !Object.hasOwn(node, local)) node[local] = value;
    }
  };

  parser.on('opentag', (tag) => {
    idle = 0;
    const name = localOf(tag.name);
    depth += 1;
    if (depth > maxDepth) throw bad('The XML is nested deeper than the limit.');
    if (matched === depth - 1 && depth <= records.length) {
      const wanted = records[depth - 1];
      if (wanted === '*' || wanted === name) matched = depth;
    }
    if (record === 0 && matched === depth && depth === records.length) {
      record = depth;
      recordSize = 0;
    }
    names[depth] = name;
    nodes[depth] = undefined;
    texts[depth] = '';
    nils[depth] = false;
    grow(name.length + perNode);
    // A declaration may follow the attribute that uses it.
    const { attributes } = tag;
    for (const key in attributes) if (attributes[key] === instance) attributesOf({ [key]: instance });
    attributesOf(attributes);
  });

  const onText = (text: string): void => {
    idle = 0;
    if (depth === 0) return;
    grow(text.length);
    texts[depth] += text;
  };
  parser.on('text', onText);
  parser.on('cdata', onText);

  parser.on('closetag', () => {
    idle = 0;
    const node = nodes[depth];
    const text = texts[depth] as string;
    const silent = text.length === 0 || text.trim() === '';
    if (node !== undefined && !silent) node['#text'] = text.trim();
    if (depth === record) {
      record = 0;
      if (!nils[depth]) options.onRecord(node ?? (silent ? {} : { '#text': text }));
    } else if (!nils[depth] && (node !== undefined || !silent)) {
      // A slice of the document would keep all of its piece in memory for as long as the rest is.
      const value = node ?? (record > 0 ? text : Buffer.from(text).toString());
      put(nodeAt(depth - 1), names[depth] as string, value);
    } else if (record === 0 && (depth === 1 || matched === depth)) {
      // That the way to the records was there is worth knowing: an empty list is not an empty answer.
      const parent = nodeAt(depth - 1);
      const name = names[depth] as string;
      if (!Object.hasOwn(parent, name)) parent[name] = {};
    }
    if (matched === depth) matched = depth - 1;
    depth -= 1;
  });

  parser.on('doctype', () => {
    throw bad(
      'The XML has a DOCTYPE, which is not accepted: its entities can make a small answer endless.',
      'Ask the vendor for an answer without it.',
    );
  });
  parser.on('error', () => {
    throw bad('The source’s answer is not well-formed XML, or is only a part of it.');
  });

  return {
    write(text) {
      parser.write(text);
      idle += text.length;
      if (idle > Math.max(maxRecordBytes, maxRestBytes) + 65_536)
        throw tooLarge('One value of the XML', 'Ask the vendor what this answer is.');
    },
    end() {
      parser.close();
      return nodes[0] as XmlObject;
    },
  };
};
