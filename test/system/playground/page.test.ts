import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { PRESETS } from '../../../visualizations/playground/src/presets.ts';
import { Run } from '../../../visualizations/playground/src/run.ts';
import { testText } from '../../../visualizations/playground/src/test-text.ts';
import { ask, FAIL, scenarioOf, times, wait } from '../../playground/scenarios.ts';
import { at, useBrowser } from '../inspect/browser.ts';
import { followLink, linkTo, PAGE, shownIn, testIn } from './open-page.ts';

const open = useBrowser();

async function click(page: Page, ...ids: readonly string[]): Promise<void> {
  for (const id of ids) await at(page, id).click();
}

const fiveFailures = Array.from({ length: 5 }, () => 'send-FAILURE');

/** Text of the last line of the sequence, in one line. */
const lastLine = async (page: Page): Promise<string> =>
  (await at(page, 'log').locator('.entry').last().innerText()).replaceAll(/\s+/g, ' ');

describe('opened from the disk', () => {
  test('it asks for nothing, complains of nothing, and shows a breaker that is closed', async () => {
    const { page, complaints, requests } = await open(PAGE);
    expect(await shownIn(page)).toBe('CLOSED 0 0 0');
    await page.locator('.chart [data-state="circuitBreaker.CLOSED"].is-active').first().waitFor();
    await click(page, 'preset-backoff', 'undo', 'copy-link', 'download-test');
    expect(requests.filter((url) => !/^(data|blob):/.test(url))).toEqual([PAGE]);
    expect(complaints).toEqual([]);
  });

  test('without scripts it says so, and shows the chart', async () => {
    const { page } = await open(PAGE, { javaScriptEnabled: false });
    expect(await page.locator('body').innerText()).toMatch(/JavaScript, which is switched off/);
    expect(await page.locator('.chart').isVisible()).toBe(true);
    expect(await page.locator('#events').isVisible()).toBe(false);
  });

  test('its policy lets no other script run', async () => {
    const { page } = await open(PAGE);
    await expect(page.addScriptTag({ content: 'globalThis.ran = true' })).rejects.toThrow();
    expect(await page.evaluate('globalThis.ran')).toBeUndefined();
  });
});

describe('a person who clicks', () => {
  test('opens it, waits to the last millisecond, and sees it recover', async () => {
    const { page } = await open(PAGE);
    await click(page, ...fiveFailures);
    expect(await shownIn(page)).toBe('OPEN 5 0 1');
    expect(await lastLine(page)).toMatch(/CLOSED → to OPEN reaches failure threshold failures 4→5/);
    await page.locator('.chart .is-taken[data-edge~="circuitBreaker.CLOSED|FAILURE|1"]').first().waitFor();
    await click(page, 'to-before');
    expect(await at(page, 'state').textContent()).toBe('OPEN');
    expect(await at(page, 'clock').textContent()).toBe('0:59.999');
    expect(await at(page, 'next-left').textContent()).toBe('1 ms');
    await click(page, 'to-next');
    expect(await shownIn(page)).toBe('HALF_OPEN 5 0 2');
    expect(await at(page, 'clock').textContent()).toBe('1:00.000');
    await click(page, 'send-PERMIT', 'permit-SUCCESS', 'send-PERMIT', 'permit-SUCCESS');
    expect(await shownIn(page)).toBe('CLOSED 0 0 3');
    await page.locator('.chart [data-state="circuitBreaker.CLOSED"].is-active').first().waitFor();
  });

  test('is told of a permit that is denied, and why', async () => {
    const { page } = await open(linkTo(scenarioOf([...times(5, FAIL), ask('first')])));
    expect(await lastLine(page)).toMatch(/PERMIT first.*refused.*denied in OPEN, try again in at most 60 s/);
    await click(page, 'to-next', 'send-PERMIT', 'send-PERMIT');
    expect(await lastLine(page)).toMatch(/denied in HALF_OPEN, try again in at most 30 s/);
    expect(await at(page, 'permit').count()).toBe(1);
  });

  test('sees that a late outcome changes nothing', async () => {
    const { page } = await open(PAGE);
    await click(page, 'send-PERMIT', ...fiveFailures, 'to-next');
    const before = await shownIn(page);
    expect(await at(page, 'permit').innerText()).toMatch(/p1 generation 0, late/);
    await click(page, 'permit-FAILURE');
    expect(await lastLine(page)).toMatch(/FAILURE generation 0.*refused.*stale generation/);
    await click(page, 'as-earlier', 'send-SUCCESS');
    expect(await lastLine(page)).toMatch(/SUCCESS generation 1.*stale generation/);
    expect(await shownIn(page)).toBe(before);
    await click(page, 'as-current', 'send-SUCCESS');
    expect(await shownIn(page)).toBe('HALF_OPEN 5 1 2');
  });

  test('undoes, redoes and starts over', async () => {
    const { page } = await open(PAGE);
    await click(page, ...fiveFailures, 'wait-1000');
    await click(page, 'undo', 'undo');
    expect(await shownIn(page)).toBe('CLOSED 4 0 0');
    expect(await at(page, 'clock').textContent()).toBe('0:00.000');
    await click(page, 'redo');
    expect(await shownIn(page)).toBe('OPEN 5 0 1');
    await click(page, 'start-over');
    expect(await shownIn(page)).toBe('CLOSED 0 0 0');
    await click(page, 'redo-all');
    expect(await at(page, 'log-count').textContent()).toBe('6 steps');
    expect(await at(page, 'redo').isDisabled()).toBe(true);
  });

  test('lets an amount of time pass, and is told when it is none', async () => {
    const { page } = await open(PAGE);
    await at(page, 'amount').fill('1.5');
    await at(page, 'unit').selectOption('min');
    await click(page, 'pass');
    expect(await at(page, 'clock').textContent()).toBe('1:30.000');
    await at(page, 'amount').fill('soon');
    await click(page, 'pass');
    expect(await at(page, 'notice').textContent()).toMatch(/whole milliseconds from 1 to \d+, got NaN/);
    expect(await at(page, 'clock').textContent()).toBe('1:30.000');
  });

  test('looks back at a step, and returns', async () => {
    const { page } = await open(linkTo(scenarioOf([...times(5, FAIL), wait(60_000)])));
    await at(page, 'log').locator('.entry').nth(2).click();
    expect(await shownIn(page)).toBe('CLOSED 3 0 0');
    expect(await at(page, 'past').innerText()).toMatch(/after step 3, at 0:00\.000/);
    await page.locator('.chart [data-state="circuitBreaker.CLOSED"].is-active').first().waitFor();
    await page.keyboard.press('ArrowDown');
    expect(await shownIn(page)).toBe('CLOSED 4 0 0');
    await click(page, 'back-to-now');
    expect(await shownIn(page)).toBe('HALF_OPEN 5 0 2');
  });

  test('lets time run: it goes on by itself, as one step, and stops', async () => {
    const { page } = await open(linkTo(scenarioOf(times(5, FAIL))));
    await click(page, 'speed-60', 'play');
    await at(page, 'state').getByText('HALF_OPEN').waitFor();
    await click(page, 'play');
    const stopped = await at(page, 'clock').textContent();
    expect(await at(page, 'log-count').textContent()).toBe('6 steps');
    expect(await at(page, 'play').getAttribute('aria-pressed')).toBe('false');
    await click(page, 'undo', 'redo');
    expect(await at(page, 'clock').textContent()).toBe(stopped);
  });
});

describe('the policy', () => {
  test('that changes makes a new breaker, on which the same can be done again', async () => {
    const { page } = await open(PAGE);
    await click(page, 'send-FAILURE', 'send-FAILURE');
    await at(page, 'policy-failureThreshold').fill('2');
    await page.keyboard.press('Enter');
    expect(await shownIn(page)).toBe('CLOSED 0 0 0');
    await click(page, 'redo-all');
    expect(await shownIn(page)).toBe('OPEN 2 0 1');
  });

  test('that is wrong is told at the field, in the words of the machine, and changes nothing', async () => {
    const { page } = await open(PAGE);
    await click(page, 'send-FAILURE');
    await at(page, 'policy-openBackoff-jitter').fill('1');
    await page.keyboard.press('Tab');
    expect(await at(page, 'policy-openBackoff-jitter-error').textContent()).toBe(
      'openBackoff.jitter must be a number from 0 to below 1, got 1',
    );
    expect(await at(page, 'policy-openBackoff-jitter').getAttribute('aria-invalid')).toBe('true');
    expect(await shownIn(page)).toBe('CLOSED 1 0 0');
    await at(page, 'policy-openBackoff-jitter').fill('0.5');
    await at(page, 'policy-draw').fill('0');
    await page.keyboard.press('Enter');
    await click(page, ...fiveFailures);
    expect(await at(page, 'next-left').textContent()).toBe('30 s');
  });
});

describe('the keys', () => {
  test('do what the buttons do', async () => {
    const { page } = await open(PAGE);
    for (const key of 'fffff') await page.keyboard.press(key);
    expect(await shownIn(page)).toBe('OPEN 5 0 1');
    await page.keyboard.press('b');
    expect(await at(page, 'clock').textContent()).toBe('0:59.999');
    await page.keyboard.press('1');
    expect(await shownIn(page)).toBe('HALF_OPEN 5 0 2');
    for (const key of ['p', 's', 'u', 'y', 'i']) await page.keyboard.press(key);
    expect(await at(page, 'state').textContent()).toBe('ISOLATED');
    await page.keyboard.press('r');
    expect(await shownIn(page)).toBe('CLOSED 0 0 4');
    await page.keyboard.press('o');
    expect(await at(page, 'log-empty').isVisible()).toBe(true);
  });

  test('are letters while somebody types', async () => {
    const { page } = await open(PAGE);
    await at(page, 'reason').click();
    await page.keyboard.type('first of five');
    expect(await shownIn(page)).toBe('CLOSED 0 0 0');
    await click(page, 'send-ISOLATE');
    expect(await lastLine(page)).toContain('“first of five”');
  });
});

describe('the link', () => {
  test('that is copied shows the same to another', async () => {
    const { page, context } = await open(PAGE);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await at(page, 'policy-failureThreshold').fill('3');
    await page.keyboard.press('Enter');
    await click(page, ...fiveFailures.slice(2), 'to-next', 'send-PERMIT');
    await click(page, 'copy-link');
    const link = String(await page.evaluate('navigator.clipboard.readText()'));
    expect(link).toBe(page.url());
    const { page: other } = await open(link);
    expect(await shownIn(other)).toBe(await shownIn(page));
    expect(await testIn(other)).toBe(await testIn(page));
    expect(await at(other, 'permit').count()).toBe(1);
  });

  test('that is no link is refused with its reason, and the page stays as it was', async () => {
    const { page, complaints } = await open(`${PAGE}#v=1&FAILURE&failureThreshold=2`);
    expect(await at(page, 'notice').textContent()).toBe(
      'This link cannot be opened: failureThreshold comes after a step.',
    );
    expect(await shownIn(page)).toBe('CLOSED 0 0 0');
    await click(page, 'send-FAILURE');
    expect(await at(page, 'notice').isVisible()).toBe(false);
    await followLink(page, `${PAGE}#v=1&FAILURE&FAILURE&BOOM`);
    expect(await at(page, 'notice').textContent()).toMatch(/no step or setting called "BOOM"/);
    expect(await shownIn(page)).toBe('CLOSED 1 0 0');
    expect(complaints).toEqual([]);
  });

  test('cannot smuggle in anything but text', async () => {
    const evil = '<img src=x onerror=alert(1)>';
    const { page, complaints } = await open(
      linkTo(
        scenarioOf([
          { type: 'ISOLATE', reason: evil },
          ask("';</script>"),
          { type: 'FAILURE', permit: '<b>' },
        ]),
      ),
    );
    expect(await at(page, 'log').innerText()).toContain(`“${evil}”`);
    expect(await page.locator('img, .log b b').count()).toBe(0);
    expect(await testIn(page)).toContain(`reason: '${evil}'`);
    await followLink(page, `${PAGE}#v=1&${encodeURIComponent(evil)}`);
    expect(await at(page, 'notice').textContent()).toContain(evil);
    expect(await page.locator('img').count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});

describe('the test', () => {
  test('that is copied, shown and downloaded is the one that the sequence makes', async () => {
    const scenario = scenarioOf([...times(5, FAIL), wait(59_999), wait(1), ask('a')]);
    const { page, context } = await open(linkTo(scenario));
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await click(page, 'copy-test');
    const copied = await page.evaluate('navigator.clipboard.readText()');
    const [download] = await Promise.all([page.waitForEvent('download'), at(page, 'download-test').click()]);
    const made = testText(scenario, new Run(scenario));
    expect(copied).toBe(made);
    expect(await testIn(page)).toBe(made);
    expect(await readFile(await download.path(), 'utf8')).toBe(made);
    expect(download.suggestedFilename()).toBe('circuit-breaker.test.ts');
  });

  test.each(PRESETS)(
    'of the preset "$name" is the same after a click as from its sources',
    async ({ name, scenario }) => {
      const { page } = await open(PAGE);
      await click(page, `preset-${name.replaceAll(' ', '-')}`);
      expect(await testIn(page)).toBe(testText(scenario, new Run(scenario)));
    },
  );
});
