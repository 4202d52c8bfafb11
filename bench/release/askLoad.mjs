// Entry of the caller's process: a worker's entry cannot be TypeScript on every supported Node.
import '../../scripts/typescript.mjs';
await import('./askLoad.ts');
