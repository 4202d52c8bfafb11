// Entry of the lint thread.
import { startThread } from '../scripts/thread.mjs';

await startThread('lintInWorker', new URL('./lintInWorker.ts', import.meta.url).href);
