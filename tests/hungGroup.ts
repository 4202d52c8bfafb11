/** Runs files as a group with limits of a second, for runGroup.test.ts: `hungGroup.ts FILE…` */
import { basename } from 'node:path';
import { runGroup } from './runGroup.ts';

const files = process.argv.slice(2).map((path) => [basename(path), path] as const);
await runGroup(files, { timeout: 1_000, patience: 1_000 });
