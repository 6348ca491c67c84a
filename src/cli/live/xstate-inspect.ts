import { type Acceptance, createXStateInspectBridge } from '../../../visualizations/xstate-inspect/index.ts';
import { type ControlAction, isReason, REASON_EXPECTED } from '../../breaker-control.ts';
import { messageOf } from '../../message-of.ts';
import type { Bridge, BridgeParts } from '../../treasury.ts';
import type { Report } from './report.ts';

/**
 * Offers the treasury's actors to the tools of @xstate/inspect. With a control token they may send the breaker ISOLATE
 * and RESET, which become the same orders as those of `POST /control/breaker`: stored, applied under the lease, and
 * noted in the audit trail.
 */
export const xstateInspect =
  (report: Report) =>
  ({ inspector, token, request }: BridgeParts): Bridge => {
    const order =
      (action: ControlAction): Acceptance =>
      ({ reason }) =>
        request({ action, reason: readReason(reason), by: 'xstate-inspect' });
    return createXStateInspectBridge({
      inspector,
      ...(token !== undefined && {
        token,
        accept: { circuitBreaker: { ISOLATE: order('isolate'), RESET: order('reset') } },
      }),
      onRefused: (text) => report.warn(`@xstate/inspect: refused ${text}`),
      onError: (error) => report.warn(`@xstate/inspect failed: ${messageOf(error)}`),
    });
  };

/** @throws RangeError when it is no reason that may be stored */
function readReason(given: unknown): string | undefined {
  if (given === undefined) return undefined;
  const reason = typeof given === 'string' ? given.trim() : undefined;
  if (reason === undefined || !isReason(reason)) throw new RangeError(`expected ${REASON_EXPECTED}`);
  return reason === '' ? undefined : reason;
}
