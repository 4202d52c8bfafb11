import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '../generated.ts';

/** One thing that `npm run check` checks: nothing when it holds, else what to mend, a line each. */
export interface Step {
  readonly name: string;
  run(): Promise<readonly string[]>;
}

/** A step that is another program of node_modules (or a script of ours), whose exit code decides; it talks for itself. */
export function program(name: string, script: string, args: readonly string[]): Step {
  return {
    name,
    run: async () => {
      const child = spawn(process.execPath, [join(root, script), ...args], { cwd: root, stdio: 'inherit' });
      const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
      return code === 0 ? [] : [`${script} ended with ${signal ?? String(code)}`];
    },
  };
}
