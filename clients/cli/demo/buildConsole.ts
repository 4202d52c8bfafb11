import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const builder = fileURLToPath(new URL('../../../scripts/buildConsole.mjs', import.meta.url));

/**
 * Builds the console during the demo where the installation did not (npm ci --ignore-scripts); until then its address reports the build.
 * Ends at once where it is built already, and with the demo.
 */
export function buildConsole(): void {
  if (!existsSync(builder)) return;
  const child = spawn(process.execPath, [builder], { stdio: 'ignore' });
  child.on('error', () => undefined);
  child.unref();
  process.once('exit', () => child.kill());
}
