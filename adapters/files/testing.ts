// For tests: one configured kind, pulled from a folder to its end.
import type { Page } from '../../src/adapter/contract.ts';
import { systemClock } from '../../src/clock.ts';
import { createLogger } from '../../src/log.ts';
import { files } from './index.ts';
import { checkpoint, type FilesCheckpoint } from './records.ts';

export interface Delivery {
  readonly folder: string;
  readonly kind: object;
  readonly after: FilesCheckpoint | null | undefined;
}

export const pullFiles = async ({ folder, kind, after }: Delivery): Promise<readonly Page<FilesCheckpoint>[]> => {
  const config = files.config.parse({ transport: 'folder', folder, settleSeconds: '0', kinds: { it: kind } });
  const refuse = () => Promise.reject(new Error('no network here'));
  const log = createLogger({ level: 'silent' });
  const context = { http: { request: refuse, stream: refuse }, log, clock: systemClock };
  const pull = (await files.open(config, context)).pull['it'];
  const pages: Page<FilesCheckpoint>[] = [];
  for await (const page of pull?.({ after: after ?? null, signal: new AbortController().signal }) ?? [])
    pages.push({ ...page, checkpoint: checkpoint.parse(JSON.parse(JSON.stringify(page.checkpoint))) });
  return pages;
};
