// XML as plain values, streamed: memory stays at one record plus a bounded rest, whatever the document's size.
// An element with text only is that text; attributes are `@name`, text beside attributes or children is `#text`; names
// are local, without prefix; a repeated element is a list, a single one is not (mapping paths `a[]` take both); nil
// (`xsi:nil`) and empty elements are absent. Texts stay as written: `01` is `01`. A DOCTYPE is refused.
import { readText } from './xml-text.ts';
import { createTree, type Tree } from './xml-tree.ts';

export interface XmlObject {
  readonly [name: string]: XmlValue;
}
export type XmlValue = string | XmlObject | readonly XmlValue[];

export interface XmlOptions {
  /**
   * Local names from the root to the records, `*` for any one element: `['Envelope', 'Body', '*', 'SagListe', 'Sag']`.
   * Empty: the document has no records and all of it is the rest.
   */
  readonly records: readonly string[];
  /** Default: the byte order mark's, else the XML declaration's, else UTF-8. */
  readonly encoding?: string;
  /** Characters of one record, markup aside. Default 16 Mi. */
  readonly maxRecordBytes?: number;
  /** Elements within elements. Default 100. */
  readonly maxDepth?: number;
  /** Characters beside the records, markup aside. Default 4 Mi. */
  readonly maxRestBytes?: number;
}

/**
 * `record`: the content of one element at the path; with text only it is `{ '#text': … }`.
 * `rest`: last and once, the document without its records, under the root's name: totals, paging links, errors. The
 * elements on the way to the records are there even when nothing is left in them.
 */
export type XmlItem =
  | { readonly type: 'record'; readonly value: XmlObject }
  | { readonly type: 'rest'; readonly value: XmlObject };

const mebi = 1024 * 1024;
/** Characters parsed between two looks at whether somebody still wants the records. */
const step = 65_536;

const treeOf = (options: XmlOptions, onRecord: (record: XmlObject) => void): Tree =>
  createTree({
    records: options.records,
    maxRecordBytes: options.maxRecordBytes ?? 16 * mebi,
    maxRestBytes: options.maxRestBytes ?? 4 * mebi,
    maxDepth: options.maxDepth ?? 100,
    onRecord,
  });

/**
 * The records as they come, then the rest.
 * @throws HubError `source/bad-answer` (broken, only a part, too deep, wrong encoding) or `source/too-large`
 */
export async function* readXml(bytes: AsyncIterable<Uint8Array>, options: XmlOptions): AsyncGenerator<XmlItem> {
  let ready: XmlObject[] = [];
  const tree = treeOf(options, (record) => ready.push(record));
  for await (const text of readText(bytes, options.encoding)) {
    for (let at = 0; at < text.length; at += step) {
      tree.write(text.length <= step ? text : text.slice(at, at + step));
      if (ready.length === 0) continue;
      const records = ready;
      ready = [];
      for (const value of records) yield { type: 'record', value };
    }
  }
  yield { type: 'rest', value: tree.end() };
}

/** A small document as one value under its root's name. @throws HubError as `readXml` */
export const parseXml = (text: string): XmlObject => {
  const tree = treeOf({ records: [], maxRestBytes: 16 * mebi }, () => undefined);
  tree.write(text);
  return tree.end();
};
