// Entry of the translating thread: a worker's entry cannot be TypeScript on every supported Node.
import '../../../scripts/typescript.mjs';
await import('./copyInThread.ts');
