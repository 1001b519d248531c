// What axe-core finds on a page, shadow trees included: WCAG 2.1 A and AA and its best practices. The source is
// evaluated, not added as a script element, which a page's own content security policy would rightly refuse.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const rules: RunOptions = {
  runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] },
  resultTypes: ['violations'],
};

type InPage = typeof globalThis & { readonly axe: { run(options: RunOptions): Promise<AxeResults> } };

export interface Violation {
  readonly rule: string;
  readonly help: string;
  readonly where: readonly string[];
}

/** Puts axe into the page once; a page that has it keeps it. */
export const withAxe = async (page: Page): Promise<void> => {
  if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(source);
};

/** The violations, each with the elements that have it; an empty list is what a test wants. */
export const axeOn = async (page: Page): Promise<readonly Violation[]> => {
  await withAxe(page);
  const found = await page.evaluate((options) => (globalThis as InPage).axe.run(options), rules);
  return found.violations.map(({ id, help, nodes }) => ({
    rule: id,
    help,
    where: nodes.map((node) => `${node.target.flat().join(' >>> ')}: ${node.failureSummary ?? ''}`),
  }));
};
