// Entry of the sending process: a worker's entry cannot be TypeScript on every supported Node.
import '../../scripts/typescript.mjs';
await import('./pushRows.ts');
