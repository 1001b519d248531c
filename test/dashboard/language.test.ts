// The language somebody chose: kept for a year, for the pages alone, and over https only where the hub is served so.
import cookie from '@fastify/cookie';
import { fastify } from 'fastify';
import { expect, it } from 'vitest';
import type { DashboardContext } from '../../src/dashboard/context.ts';
import { registerFront } from '../../src/dashboard/pages/front.ts';
import { createPages } from '../../src/dashboard/render.ts';

const chosen = async (secure: boolean, to: string) => {
  const app = fastify();
  await app.register(cookie);
  const context = { clock: { now: () => new Date() }, municipality: { code: '999', name: 'Egevang' }, secure };
  registerFront(app, context as unknown as DashboardContext, createPages({ ...context, csrfOf: () => '' }));
  const answer = await app.inject({ url: `/language/en?to=${encodeURIComponent(to)}` });
  await app.close();
  return { set: String(answer.headers['set-cookie']), location: answer.headers.location };
};

it('is kept in a cookie no script reads, and over https alone where there is https', async () => {
  expect((await chosen(true, '/')).set).toMatch(/^samspil-language=en;.*HttpOnly; Secure; SameSite=Lax$/);
  expect((await chosen(false, '/')).set).toMatch(/^samspil-language=en;.*HttpOnly; SameSite=Lax$/);
});

it('leads back to a page of ours alone', async () => {
  expect((await chosen(true, '/admin?kind=plan')).location).toBe('/admin?kind=plan');
  for (const to of ['//elsewhere.example', '/\\elsewhere.example', 'https://elsewhere.example'])
    expect((await chosen(true, to)).location).toBe('/');
});
