// Entry of the thread that drafts a dataset from a file.
import { startThread } from '../../../../../scripts/thread.mjs';

await startThread('draftInThread', new URL('./draftInThread.ts', import.meta.url).href);
