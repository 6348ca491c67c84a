import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { PLAYGROUND } from '../../../scripts/playground.ts';
import { writeHash } from '../../../visualizations/playground/src/link.ts';
import type { Scenario } from '../../../visualizations/playground/src/scenario.ts';
import { at } from '../inspect/browser.ts';

/** Address of the page on the disk. */
export const PAGE = pathToFileURL(PLAYGROUND).href;

export const linkTo = (scenario: Scenario): string => `${PAGE}#${writeHash(scenario)}`;

/** The text of the test as the page shows it. */
export const testIn = async (page: Page): Promise<string> =>
  (await at(page, 'test-text').textContent()) ?? '';

/** The state and the counts as a person reads them: `OPEN 5 0 1`: failures, successes, generation. */
export async function shownIn(page: Page): Promise<string> {
  const texts = ['state', 'failures', 'successes', 'generation'].map((id) => at(page, id).textContent());
  return (await Promise.all(texts)).join(' ');
}

/** Opens another link in the page, as a click on it does. */
export async function followLink(page: Page, link: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(new URL(link).hash)}`);
}
