// Benchmark (d): XML bytes into mapped records at constant memory. The ceiling is the parser alone on the same bytes, before
// and after. Speed is per second of processor time, so that it is per core whatever else the machine does; memory is
// told by a run within a small heap.
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

const alone = async (question: XmlQuestion, nodeOptions: readonly string[] = []): Promise<XmlAnswer> => {
  const child = startChild<XmlQuestion, XmlAnswer>(new URL('xml-side.ts', import.meta.url), nodeOptions);
  try {
    return await child.ask(question);
  } finally {
    await child.close();
  }
};

export const benchXml = async ({ bytes }: { readonly bytes: number }): Promise<XmlBench> => {
  const before = await alone({ side: 'bare', bytes: bytes / 4 });
  const mapped = await alone({ side: 'mapped', bytes: bytes / 2 });
  const after = await alone({ side: 'bare', bytes: bytes / 4 });
  const within = await alone({ side: 'mapped', bytes }, heapLimit);
  const bare = (before.bytes + after.bytes) / (before.seconds + after.seconds);
  const rate = mapped.bytes / mapped.seconds;
  return {
    bytes: within.bytes,
    records: within.records,
    peakMegabytes: within.peakMegabytes,
    mapped: rate / 1e6,
    bare: bare / 1e6,
    ratio: rate / bare,
  };
};
