import { describe, expect, test } from 'vitest';
import { faultsOf } from '../../support/axe.ts';
import { useBrowser } from '../inspect/browser.ts';
import { bridged, TOKEN } from './support.ts';

const open = useBrowser();

describe("the package's own receiver in a real browser", () => {
  test('shows every service, its state and what it is sent, as they change', async () => {
    const { lamp, host } = await bridged();
    const hall = lamp('hall');
    lamp('cellar');
    const { page, complaints, requests } = await open(`http://${host}/xstate-inspect`);
    await page.getByText('Connected', { exact: true }).waitFor();
    await page.locator('#services').getByRole('button', { name: 'hall off' }).click();
    hall.send({ type: 'SWITCH', by: '<b>me</b>' });
    await page.locator('#services').getByRole('button', { name: 'hall on' }).waitFor();
    await page.locator('#facts').getByText('"switched": 1').waitFor();
    expect(await page.locator('#log li').allTextContents()).toEqual(['on', 'SWITCH']);
    hall.stop();
    await page.locator('#services').getByRole('button', { name: 'hall' }).waitFor({ state: 'detached' });
    expect(await page.locator('#service-title').textContent()).toBe('cellar');
    expect(complaints.filter((text) => !isOfXState4(text))).toEqual([]);
    expect(requests.every((url) => url.startsWith(`http://${host}/xstate-inspect`))).toBe(true);
  });

  test('sends an event, which the actor obeys where the list names it', async () => {
    const { lamp, host, refused } = await bridged({ token: TOKEN, accept: { lamp: { NOTE: ['text'] } } });
    const hall = lamp('hall');
    const { page } = await open(`http://${host}/xstate-inspect`);
    await page.getByLabel('Token').fill(TOKEN);
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.getByText('Connected', { exact: true }).waitFor();
    await page.getByLabel('Event').fill('NOTE');
    await page.getByLabel('Fields, JSON').fill('{"text":"hello"}');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('#facts').getByText('"note": "hello"').waitFor();
    expect(hall.getSnapshot().context.note).toBe('hello');

    await page.getByLabel('Event').fill('SWITCH');
    await page.getByLabel('Fields, JSON').fill('{');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('Not sent:').waitFor();
    await page.getByLabel('Fields, JSON').fill('');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('Sent SWITCH').waitFor();
    await page.getByLabel('Event').fill('NOTE');
    await page.getByLabel('Fields, JSON').fill('{"text":"again"}');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('#facts').getByText('"note": "again"').waitFor();
    expect(hall.getSnapshot().value).toBe('off');
    expect(refused).toEqual(['"SWITCH" to "hall": it is on no list']);
  });

  test('says when it is refused, and when the connection is lost', async () => {
    const { lamp, host, bridge } = await bridged({ token: TOKEN });
    lamp('hall');
    const { page } = await open(`http://${host}/xstate-inspect`);
    await page.getByLabel('Token').fill('not-the-token-of-it');
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.getByText('Refused: is the token right?').waitFor();
    await page.reload();
    await page.getByLabel('Token').fill(TOKEN);
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.getByText('Connected', { exact: true }).waitFor();
    bridge.stop();
    await page.getByText('Connection lost. Reload to try again.').waitFor();
  });

  test.each(['light', 'dark'] as const)('can be read by everybody, %s', async (theme) => {
    const { lamp, host } = await bridged();
    lamp('hall');
    for (const width of [1280, 390]) {
      const { page } = await open(`http://${host}/xstate-inspect`, { theme, width, bypassCSP: true });
      await page.getByText('Connected', { exact: true }).waitFor();
      expect(await faultsOf(page)).toEqual([]);
      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      expect(await page.evaluate(overflow)).toBe(0);
    }
  });
});

/** It warns of what its own definitions hold. */
const isOfXState4 = (text: string): boolean =>
  /predictableActionArguments|Empty string transition configs/.test(text);
