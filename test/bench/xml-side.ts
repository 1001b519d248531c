// Reads XML in a process of its own, so that its memory and its core are its own: bytes into mapped records, or through
// the parser alone with handlers that do nothing. The document is made as it is read and never kept.
import { join } from 'node:path';
import { SaxesParser } from 'saxes';
import { readXml } from '../../src/adapter/xml.ts';
import { shippedMappings } from '../../src/main.ts';
import { loadMappings } from '../../src/mapping/load.ts';
import { answerQuestions } from './child.ts';

export interface XmlQuestion {
  readonly side: 'bare' | 'mapped';
  readonly bytes: number;
}

export interface XmlAnswer {
  readonly bytes: number;
  readonly records: number;
  /** Of this process's core, not of the clock. */
  readonly seconds: number;
  readonly peakMegabytes: number;
}

const statuses = ['Ansøgt', 'Igangsat', 'Pause', 'Afsluttet'];
const two = (n: number): string => String(n).padStart(2, '0');

/** About 1.2 KB with 27 elements, as SOAP services write them: prefixes, nested lists, Danish days, nil. */
const recordXml = (n: number): string => {
  const day = `${two((n % 28) + 1)}.${two((n % 12) + 1)}.2026`;
  return `<ns2:Indsats><ns2:IndsatsId>${10_000_000 + n}</ns2:IndsatsId><ns2:SagId>S${n % 5000}</ns2:SagId><ns2:CprNr>${two((n % 28) + 1)}0170${1000 + (n % 9000)}</ns2:CprNr><ns2:Navn>Støtte i eget hjem, forløb nummer ${n % 97}</ns2:Navn><ns2:Status>${statuses[n % 4]}</ns2:Status><ns2:StartDato>${day}</ns2:StartDato>${n % 3 === 0 ? `<ns2:SlutDato>${day}</ns2:SlutDato>` : '<ns2:SlutDato xsi:nil="true"/>'}<ns2:BevilgetDato>${day}</ns2:BevilgetDato><ns2:OpfoelgesDato>${day}</ns2:OpfoelgesDato><ns2:TimerPrUge>${n % 37},5</ns2:TimerPrUge><ns2:AfdelingId>${2110 + (n % 3) * 10}</ns2:AfdelingId><ns2:Leverandoer kode="L${n % 40}"><ns2:Navn>Fjordens Socialpædagoger &amp; Co</ns2:Navn></ns2:Leverandoer><ns2:Hjemler><ns2:Hjemmel><ns2:Paragraf>SEL § 85</ns2:Paragraf></ns2:Hjemmel><ns2:Hjemmel><ns2:Paragraf>SEL § 107</ns2:Paragraf></ns2:Hjemmel></ns2:Hjemler><ns2:Team><ns2:Medarbejder id="m${n % 200}"><ns2:Rolle>Sagsbehandler</ns2:Rolle></ns2:Medarbejder><ns2:Medarbejder id="m${n % 150}"><ns2:Rolle>Kontaktperson</ns2:Rolle></ns2:Medarbejder></ns2:Team><ns2:Ophoer><ns2:Aarsag>Borgeren er flyttet</ns2:Aarsag><ns2:Bemaerkning>Aftalt med borgeren ved opfølgningen</ns2:Bemaerkning></ns2:Ophoer><ns2:Aendret>2026-11-${two((n % 28) + 1)}T12:00:00Z</ns2:Aendret></ns2:Indsats>\n`;
};

const block = Buffer.from(Array.from({ length: 4000 }, (_, n) => recordXml(n)).join(''));
const head = Buffer.from(
  '<?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><e:Body><ns2:Svar xmlns:ns2="urn:fagsystem">',
);
const tail = Buffer.from('</ns2:Svar></e:Body></e:Envelope>');
const piece = 65_536;

async function* document(bytes: number): AsyncGenerator<Uint8Array> {
  yield head;
  for (let left = bytes; left > 0; left -= block.length)
    for (let at = 0; at < block.length; at += piece) yield block.subarray(at, at + piece);
  yield tail;
}

const mapped = async (bytes: number): Promise<number> => {
  const mapping = loadMappings([join(import.meta.dirname, 'mappings'), shippedMappings], 'fagsystem').get('indsats');
  if (mapping === undefined) throw new Error('no mapping');
  let drafts = 0;
  for await (const item of readXml(document(bytes), { records: ['Envelope', 'Body', 'Svar', 'Indsats'] })) {
    if (item.type !== 'record') continue;
    const { drafts: made, issues } = mapping.map(item.value);
    if (issues.length > 0 || mapping.subjects(item.value).length !== 1) throw new Error('a record was not mapped');
    drafts += made.length;
  }
  return drafts;
};

const bare = async (bytes: number): Promise<number> => {
  const parser = new SaxesParser({ position: false });
  let records = 0;
  parser.on('opentag', () => undefined);
  parser.on('text', () => undefined);
  parser.on('closetag', ({ name }) => {
    if (name === 'ns2:Indsats') records += 1;
  });
  const decoder = new TextDecoder();
  for await (const chunk of document(bytes)) parser.write(decoder.decode(chunk, { stream: true }));
  parser.close();
  return records;
};

const run = async ({ side, bytes }: XmlQuestion): Promise<XmlAnswer> => {
  const read = side === 'bare' ? bare : mapped;
  // The compiler's own time is no ceiling of either.
  await read(block.length * 2);
  const before = process.cpuUsage();
  const records = await read(bytes);
  const { user, system } = process.cpuUsage(before);
  const whole = Math.ceil(bytes / block.length) * block.length;
  return {
    bytes: whole,
    records,
    seconds: (user + system) / 1e6,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  };
};

if (process.send !== undefined) answerQuestions(run);
