import { expect, test } from 'vitest';
import { judgeBacklog } from '../../../src/cli/drill/judge-backlog.ts';
import { aReading } from './readings.ts';

const rows = { queued: 3, staged: 0, submitted: 2, finalized: 20, cancelled: 1, deadLetter: 1 };
const before = aReading('CLOSED', { disbursements: rows, stagedIntents: 2 });
const opened = aReading('OPEN', { disbursements: { ...rows, staged: 1 }, stagedIntents: 3 });
const paid = { ...rows, queued: 2, submitted: 0, finalized: 23 };

const judge = (more: Parameters<typeof aReading>[1]) =>
  judgeBacklog(before, opened, aReading('CLOSED', { disbursements: paid, ...more }));

test('what was held up is paid', () => expect(judge({})).toEqual([]));

test.each([
  [{ disbursements: { ...paid, queued: 6 } }, 'queued, staged or submitted is 6, and was 5 before the drill'],
  [{ stagedIntents: 3 }, 'treasury_executor_staged_intents is 3, and was 2 before the drill'],
  [{ unknownOutcomes: 1 }, 'treasury_executor_unknown_outcomes is 1, and was 0 before the drill'],
  [{ disbursements: { ...paid, cancelled: 2 } }, 'status="cancelled"} is 2, and was 1 before the drill'],
  [{ disbursements: { ...paid, deadLetter: 2 } }, 'status="deadLetter"} is 2, and was 1 before the drill'],
  [
    { disbursements: { ...paid, finalized: 22 } },
    '2 payments were paid since it opened, and 3 were staged or submitted then',
  ],
  [{ unknownOutcomes: undefined }, 'treasury_executor_unknown_outcomes is absent'],
] as const)('%j is found', (more, problem) => {
  expect(judge(more)).toEqual([expect.stringContaining(problem)]);
});

test('what is not on the page is no proof', () => {
  expect(judge({ disbursements: undefined })).toContain(
    'the number of rows that are queued, staged or submitted is absent',
  );
});
