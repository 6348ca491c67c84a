import type { ToolEvent } from './accept.ts';

/** What a tool says. */
export type ToolMessage =
  /** It is there, and wants to be told of everything. */
  | { readonly kind: 'inspecting' }
  /** It wants an actor to be sent an event. */
  | { readonly kind: 'event'; readonly sessionId: string; readonly event: ToolEvent }
  | { readonly kind: 'none'; readonly why: string };

const none = (why: string): ToolMessage => ({ kind: 'none', why });

/**
 * Reads a message of a tool: the two commands of @xstate/inspect's receivers, `xstate.inspecting` and `xstate.event`.
 * The latter carries the event as JSON within JSON, and in its `origin` the service that it is meant for.
 */
export function readToolMessage(text: string): ToolMessage {
  const message = parse(text);
  if (message === undefined) return none('it is no JSON object');
  if (message['type'] === 'xstate.inspecting') return { kind: 'inspecting' };
  if (message['type'] !== 'xstate.event') return none('it is neither xstate.inspecting nor xstate.event');
  const scxml = typeof message['event'] === 'string' ? parse(message['event']) : undefined;
  const { origin, data } = scxml ?? {};
  if (typeof origin !== 'string') return none('its event names no service as origin');
  if (!isObject(data) || typeof data['type'] !== 'string') return none('its event has no type');
  return { kind: 'event', sessionId: origin, event: { ...data, type: data['type'] } };
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
