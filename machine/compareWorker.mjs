// Entry of the thread that compares schema versions.
import { startThread } from '../scripts/thread.mjs';

await startThread('compareInWorker', new URL('./compareInWorker.ts', import.meta.url).href);
