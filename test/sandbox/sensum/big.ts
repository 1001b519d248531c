// A file of any size for the memory benchmark: interventions of cases that follow one another, with Danish letters,
// quotes and line breaks inside values in every tenth row. Written as a stream.
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { sensumColumns } from './data.ts';

const row = (index: number): string => {
  const note = index % 10 === 0 ? '"Se journal; aftalt ""på prøve""\r\nfølges op"' : '';
  const day = String((index % 28) + 1).padStart(2, '0');
  return `I${index};S${index % 1_000_000};Støtte i eget hjem;${note};SEL § 85;Åben dialog;L${index % 50};LI${index};Værestedet Åsen;G1;Kommunale tilbud;Bevilget;${day}-01-2026;${day}-02-2026;;Udviklingshæmning;;;;;;;;;;Bevilling efter ansøgning\r\n`;
};

function* blocks(bytes: number): Generator<Buffer> {
  let written = 0;
  let index = 0;
  const header = Buffer.from(`${sensumColumns.indsats.join(';')}\r\n`);
  written += header.length;
  yield header;
  while (written < bytes) {
    let text = '';
    for (const stop = index + 2_000; index < stop; index += 1) text += row(index);
    const block = Buffer.from(text);
    written += block.length;
    yield block;
  }
}

/** Writes an `Indsatser_….csv` of at least `bytes`. */
export const writeBigCsv = async (path: string, bytes: number): Promise<void> => {
  await pipeline(Readable.from(blocks(bytes)), createWriteStream(`${path}.uploading`));
  await rename(`${path}.uploading`, path);
};
