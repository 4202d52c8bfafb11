import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '../generated.ts';

/** One step of `npm run check`: returns nothing when it passes, else one line for each finding to correct. */
export interface Step {
  readonly name: string;
  run(): Promise<readonly string[]>;
}

/** A step that is another program of node_modules (or a script of the project), whose exit code decides; it prints its own output. */
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
