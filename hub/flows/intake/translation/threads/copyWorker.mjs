// Entry of the translating threads.
import { startThread } from '../../../../../scripts/thread.mjs';

await startThread('copyInThread', new URL('./copyInThread.ts', import.meta.url).href);
