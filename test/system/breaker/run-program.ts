import { spawn } from 'node:child_process';
import { once } from 'node:events';

const index = new URL('../../../src/index.ts', import.meta.url).href;

/** Runs a program, which has `createCircuitBreaker`, in a process of its own until it ends by itself. */
export async function runProgram(program: string): Promise<{ code: number; output: string; ms: number }> {
  const source = `import { createCircuitBreaker } from ${JSON.stringify(index)};\n${program}`;
  const start = performance.now();
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 20_000,
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [code] = await once(child, 'close');
  return { code, output: output.trim(), ms: performance.now() - start };
}
