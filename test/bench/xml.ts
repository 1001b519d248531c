// Benchmark (d): XML bytes into mapped records at constant memory. The ceiling is the parser alone on the same bytes, before
// and after. Speed is per second of processor time, so that it is per core whatever else the machine does.
import { startChild } from './child.ts';
import { heapLimit } from './csv.ts';
import type { XmlAnswer, XmlQuestion } from './xml-side.ts';

export interface XmlBench {
  readonly bytes: number;
  readonly records: number;
  readonly peakMegabytes: number;
  /** Megabytes a second and core. */
  readonly mapped: number;
  readonly bare: number;
  readonly ratio: number;
}

const alone = async (question: XmlQuestion): Promise<XmlAnswer> => {
  const child = startChild<XmlQuestion, XmlAnswer>(new URL('xml-side.ts', import.meta.url), heapLimit);
  try {
    return await child.ask(question);
  } finally {
    await child.close();
  }
};

export const benchXml = async ({ bytes }: { readonly bytes: number }): Promise<XmlBench> => {
  const before = await alone({ side: 'bare', bytes: bytes / 2 });
  const mapped = await alone({ side: 'mapped', bytes });
  const after = await alone({ side: 'bare', bytes: bytes / 2 });
  const bare = (before.bytes + after.bytes) / (before.seconds + after.seconds);
  const rate = mapped.bytes / mapped.seconds;
  return {
    bytes: mapped.bytes,
    records: mapped.records,
    peakMegabytes: mapped.peakMegabytes,
    mapped: rate / 1e6,
    bare: bare / 1e6,
    ratio: rate / bare,
  };
};
