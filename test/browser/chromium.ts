// One real Chromium per test file. SAMSPIL_CHROMIUM names an installed one; else the packaged one is unpacked
// once, or, where there is none for the machine, an installed Chrome is used. The package's own flags are not used: they switch off CORS and the same-origin policy, which the
// tests are there to hold, and put everything in one process, which does not survive a second context.
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import packaged from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';
import { HubError } from '../../src/errors.ts';
import { type FolderLock, lockFolder } from '../../src/store/folder-lock.ts';
import { machineFolder } from '../machine-folder.ts';

const patienceMs = 60_000;
/** Unpacked once for all test runs; what a browser leaves goes with the run. */
const machine = machineFolder();

/** Test files start together; only one unpacks, and nobody starts half a browser. */
const unpackingTurn = async (): Promise<FolderLock> => {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      return await lockFolder(join(machine, 'samspil-chromium'));
    } catch (error) {
      if (!(error instanceof HubError) || Date.now() > deadline) throw error;
      await delay(100);
    }
  }
};

/** The packaged browser's own copies of what a bare machine lacks (NSS, NSPR, expat). */
const libraries = join(machine, 'al2023', 'lib');

/** The package unpacks its libraries only where it believes to be on the system they were built for. */
const unpack = async (): Promise<string> => {
  if (!existsSync(libraries)) await rm(join(machine, 'chromium'), { force: true });
  const { AWS_LAMBDA_JS_RUNTIME: runtime, TMPDIR: temporary } = process.env;
  Object.assign(process.env, { AWS_LAMBDA_JS_RUNTIME: 'nodejs24.x', TMPDIR: machine });
  try {
    return await packaged.executablePath();
  } finally {
    for (const [name, value] of Object.entries({ AWS_LAMBDA_JS_RUNTIME: runtime, TMPDIR: temporary }))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  }
};

interface Executable {
  readonly path: string | undefined;
  readonly env: Readonly<Record<string, string>>;
}

const executable = async (): Promise<Executable> => {
  const named = process.env['SAMSPIL_CHROMIUM'];
  if (named !== undefined && named !== '') return { path: named, env: {} };
  // Elsewhere the package has none; playwright finds an installed Chrome, or says what to install.
  if (process.platform !== 'linux' || process.arch !== 'x64') return { path: undefined, env: {} };
  const turn = await unpackingTurn();
  try {
    return { path: await unpack(), env: { LD_LIBRARY_PATH: libraries } };
  } finally {
    await turn.release();
  }
};

/** Opens the browser; whoever opened it closes it. Pages: `browser.newPage({ viewport, locale })`. */
export const openBrowser = async (): Promise<Browser> => {
  const { path, env } = await executable();
  const own = Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return chromium.launch({
    ...(path === undefined ? { channel: 'chrome' } : { executablePath: path }),
    env: { ...Object.fromEntries(own), ...env },
    headless: true,
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--font-render-hinting=none',
      '--disable-dev-shm-usage',
    ],
  });
};
