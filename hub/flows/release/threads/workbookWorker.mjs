// Entry of the thread that writes a workbook.
import { startThread } from '../../../../scripts/thread.mjs';

await startThread('workbookInThread', new URL('./workbookInThread.ts', import.meta.url).href);
