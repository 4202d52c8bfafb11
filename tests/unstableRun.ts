/** Runs files that may be run once more, for runFiles.test.ts: `unstableRun.ts FILE…` */
import { basename } from 'node:path';
import { runFiles } from './runFiles.ts';

const files = process.argv.slice(2);
const passed = await runFiles(files, { again: new Map(files.map((path) => [basename(path), path])) });
process.exit(passed ? 0 : 1);
