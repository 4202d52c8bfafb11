// Entry of the thread that translates one file.
import { startThread } from '../../scripts/thread.mjs';

await startThread('translateWorker', new URL('./translateWorker.ts', import.meta.url).href);
