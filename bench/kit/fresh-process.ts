import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Asks a module in a process of its own, where nothing is compiled or cached yet; it {@link reply}s once, and may call `gc()`. */
export async function askFresh<Question extends object, Answer>(
  module: URL,
  question: Question,
): Promise<Answer> {
  const child = fork(fileURLToPath(module), [JSON.stringify(question)], { execArgv: ['--expose-gc'] });
  const exited = once(child, 'exit');
  const answers: Answer[] = [];
  child.on('message', (answer) => answers.push(answer as Answer));
  const [code] = await exited;
  const [answer] = answers;
  if (code !== 0 || answer === undefined) throw new Error(`${module.pathname} ended with ${String(code)}`);
  return answer;
}

/** In the module that was asked: the question. */
export const question = <Question>(): Question => JSON.parse(process.argv[2] ?? '{}') as Question;

/** In the module that was asked: the answer, and the end of it. */
export function reply(answer: object): void {
  process.send?.(answer, () => process.exit());
}
