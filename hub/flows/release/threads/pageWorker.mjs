// Entry of the thread that masks pages.
import { startThread } from '../../../../scripts/thread.mjs';

await startThread('pageInThread', new URL('./pageInThread.ts', import.meta.url).href);
