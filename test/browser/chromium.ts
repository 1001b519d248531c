// One real Chromium per test file. SAMSPIL_CHROMIUM names an installed one; else, on Linux, the packaged one is
// unpacked once. The package's own flags are not used: they switch off CORS and the same-origin policy, which the
// tests are there to hold, and put everything in one process, which does not survive a second context.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import packaged from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';
import { HubError } from '../../src/errors.ts';
import { type FolderLock, lockFolder } from '../../src/store/folder-lock.ts';

const patienceMs = 60_000;

/** Test files start together; only one unpacks, and nobody starts half a browser. */
const unpackingTurn = async (): Promise<FolderLock> => {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      return await lockFolder(join(tmpdir(), 'samspil-chromium'));
    } catch (error) {
      if (!(error instanceof HubError) || Date.now() > deadline) throw error;
      await delay(100);
    }
  }
};

const executable = async (): Promise<string> => {
  const named = process.env['SAMSPIL_CHROMIUM'];
  if (named !== undefined && named !== '') return named;
  if (process.platform !== 'linux') throw new Error('Set SAMSPIL_CHROMIUM to the path of a Chromium or Chrome.');
  const turn = await unpackingTurn();
  try {
    return await packaged.executablePath();
  } finally {
    await turn.release();
  }
};

/** Opens the browser; whoever opened it closes it. Pages: `browser.newPage({ viewport, locale })`. */
export const openBrowser = async (): Promise<Browser> =>
  chromium.launch({
    executablePath: await executable(),
    headless: true,
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--font-render-hinting=none',
      '--disable-dev-shm-usage',
    ],
  });
