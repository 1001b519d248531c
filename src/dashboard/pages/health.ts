// How the hub itself fares: first in one line for each part, then each part by itself. Which keys stored values were
// written with costs a pass over the tables, and is read when somebody asks for it.
import { z } from 'zod';
import { readKeyUse } from '../../store/key-use.ts';
import { readFilters } from '../input.ts';
import type { RegisterPage } from '../routes.ts';
import { readHealth } from './health-read.ts';

export const registerHealth: RegisterPage = (app, context, pages) => {
  app.get('/admin/health', { config: { page: 'view' } }, async (request, reply) => {
    const { keys } = readFilters(request, { keys: z.literal('use') });
    const { t } = pages.speech(request);
    const [health, keyUse] = await Promise.all([
      readHealth(context),
      keys === undefined ? undefined : readKeyUse(context.pool, context.keys),
    ]);
    return pages.page(request, reply, 'health', { title: t('health.title') }, { ...health, keyUse });
  });
};
