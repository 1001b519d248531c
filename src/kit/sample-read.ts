// A sample file of any make, told by what is in it: OpenAPI, WSDL, OData metadata and FHIR CapabilityStatements describe a
// system; JSON, JSON lines, XML and CSV show its records.
import { readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { parseYaml } from '../config/yaml.ts';
import { HubError } from '../errors.ts';
import { sampleCapability, sampleOdata } from './sample-metadata.ts';
import { sampleOpenapi } from './sample-openapi.ts';
import { isFields, type Sampled, sampleCsv, sampleJson, sampleLines, sampleXml } from './sample-records.ts';
import { sampleWsdl } from './sample-wsdl.ts';

const refuse = (path: string, message: string, hint: string, cause?: unknown): HubError =>
  new HubError({ code: 'config/invalid', fault: 'config', message: `${path}: ${message}`, hint, cause });

export interface Read {
  readonly text: string;
  readonly encoding: 'utf-8' | 'windows-1252';
}

const readText = (path: string): Read => {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw refuse(path, 'the file cannot be read.', 'Name a file with a few records, or a description.', cause);
  }
  const declared = /^<\?xml[^>]*encoding=["']([\w-]+)/.exec(bytes.subarray(0, 200).toString('latin1'))?.[1];
  try {
    return { text: new TextDecoder(declared ?? 'utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8' };
  } catch {
    return { text: new TextDecoder('windows-1252').decode(bytes), encoding: 'windows-1252' };
  }
};

const stem = (path: string): string =>
  basename(path, extname(path)).replace(/[_-]?\d{4,}.*$/, '') || basename(path, extname(path));

/** `Sager_20261121.csv` → `Sager_[0-9]*.csv`: the next delivery has another date. */
const patternOf = (path: string): string => basename(path).replace(/\d{4,}/, '[0-9]*');

const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const ofJson = (value: unknown, path: string, known: readonly string[]): Sampled => {
  if (isFields(value)) {
    if (value['openapi'] !== undefined || value['swagger'] !== undefined) return sampleOpenapi(value);
    if (value['resourceType'] === 'CapabilityStatement') return sampleCapability(value, known);
    if (value['resourceType'] === 'Bundle')
      throw refuse(
        path,
        'a Bundle is what the fhir adapter reads already.',
        'Give it the server’s CapabilityStatement.',
      );
  }
  const kind = sampleJson(value, stem(path));
  const beside =
    isFields(value) && kind.at.length > 2 ? Object.keys(value).filter((name) => !kind.at.startsWith(name)) : [];
  const decisions =
    beside.length === 0
      ? []
      : [
          `${kind.name}: beside its records the answer has ${beside.join(', ')}: more pages (\`paging\`), or errors (\`errors\`)?`,
        ];
  return { form: 'json', kinds: [{ ...kind, kind: { pattern: patternOf(path) } }], config: {}, decisions };
};

/** @param fhirKinds resource types that the fhir adapter reads @throws HubError `config/invalid` */
export const readSampled = (path: string, fhirKinds: readonly string[]): Sampled => {
  const { text, encoding } = readText(path);
  const sampled = sampleOf(path, text, encoding, fhirKinds);
  if (sampled.form !== 'fhir' && sampled.kinds.every((kind) => kind.records.length === 0))
    throw refuse(
      path,
      'no records were found in it.',
      sampled.form === 'wsdl'
        ? 'It does not say what it answers. Take an answer as sample: --sample answer.xml --adapter soap --wsdl service.wsdl.'
        : 'A sample is a list of records, or a description that promises one.',
    );
  return sampled;
};

const sampleOf = (path: string, text: string, encoding: Read['encoding'], known: readonly string[]): Sampled => {
  const begins = text.replace(/^\ufeff/, '').trimStart();
  if (begins.startsWith('<')) {
    if (/<([\w.-]+:)?definitions[\s>]/.test(text.slice(0, 5000)) && /schemas\.xmlsoap\.org\/wsdl/.test(text))
      return sampleWsdl(text, path);
    if (/<([\w.-]+:)?Edmx[\s>]/.test(text.slice(0, 2000))) return sampleOdata(text);
    const kind = sampleXml(text, stem(path));
    return { form: 'xml', kinds: [{ ...kind, kind: { pattern: patternOf(path) } }], config: {}, decisions: [] };
  }
  const json = parsedJson(text);
  if (json !== undefined) return ofJson(json, path, known);
  if (/^(openapi|swagger)\s*:/m.test(text)) return ofJson(parseYaml(text, path), path, known);
  if (begins.startsWith('{')) {
    const kind = sampleLines(text, stem(path));
    return { form: 'jsonl', kinds: [{ ...kind, kind: { pattern: patternOf(path) } }], config: {}, decisions: [] };
  }
  const { separator, columns, ...kind } = sampleCsv(text, stem(path));
  const own = {
    pattern: patternOf(path),
    separator,
    ...(encoding === 'utf-8' ? {} : { encoding }),
    ...(Object.keys(columns).length === 0 ? {} : { columns }),
  };
  return { form: 'csv', kinds: [{ ...kind, kind: own }], config: {}, decisions: [] };
};
