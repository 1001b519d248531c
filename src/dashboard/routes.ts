// The pages, in one list. Every page says who may open it (`config.page`); the guard is the server's (src/http).
import type { FastifyInstance } from 'fastify';
import { registerAssets } from './assets.ts';
import type { DashboardContext } from './context.ts';
import { registerDeletions } from './pages/deletions.ts';
import { registerFront } from './pages/front.ts';
import { registerOverview } from './pages/overview.ts';
import { createPages, type Pages } from './render.ts';

export type RegisterPage = (app: FastifyInstance, context: DashboardContext, pages: Pages) => void;

const all: readonly RegisterPage[] = [registerFront, registerOverview, registerDeletions];

export const registerDashboard = async (app: FastifyInstance, context: DashboardContext): Promise<Pages> => {
  const pages = createPages(context);
  await registerAssets(app);
  for (const register of all) register(app, context, pages);
  return pages;
};
