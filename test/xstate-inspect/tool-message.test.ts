import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readToolMessage } from '../../visualizations/xstate-inspect/tool-message.ts';

const sent = (event: unknown) =>
  JSON.stringify({ type: 'xstate.event', event: JSON.stringify(event), service: 'x:1' });

describe('a message of a tool', () => {
  test('asks for everything', () => {
    expect(readToolMessage('{"type":"xstate.inspecting","more":1}')).toEqual({ kind: 'inspecting' });
  });

  test('is an event, with the service that it is meant for as its origin', () => {
    const data = { type: 'ISOLATE', reason: 'maintenance' };
    const scxml = { name: 'ISOLATE', data, $$type: 'scxml', type: 'external', origin: 'x:7' };
    expect(readToolMessage(sent(scxml))).toEqual({ kind: 'event', sessionId: 'x:7', event: data });
  });

  test.each([
    ['', 'it is no JSON object'],
    ['[]', 'it is no JSON object'],
    ['null', 'it is no JSON object'],
    ['"xstate.inspecting"', 'it is no JSON object'],
    ['{"type":"disconnect"}', 'it is neither xstate.inspecting nor xstate.event'],
    ['{"type":"service.state","sessionId":"x:1"}', 'it is neither xstate.inspecting nor xstate.event'],
    ['{"type":"xstate.event","event":{"origin":"x:1"}}', 'its event names no service as origin'],
    ['{"type":"xstate.event","event":"{"}', 'its event names no service as origin'],
    [sent({ data: { type: 'GO' } }), 'its event names no service as origin'],
    [sent({ origin: 7, data: { type: 'GO' } }), 'its event names no service as origin'],
    [sent({ origin: 'x:1', data: 'GO' }), 'its event has no type'],
    [sent({ origin: 'x:1', data: [] }), 'its event has no type'],
    [sent({ origin: 'x:1', data: { type: 1 } }), 'its event has no type'],
    [sent({ origin: 'x:1', name: 'GO' }), 'its event has no type'],
  ])('%s is none: %s', (text, why) => {
    expect(readToolMessage(text)).toEqual({ kind: 'none', why });
  });

  test('is read without a throw, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.jsonValue().map(sent)), (text) => {
        expect(['inspecting', 'event', 'none']).toContain(readToolMessage(text).kind);
      }),
    );
  });
});
