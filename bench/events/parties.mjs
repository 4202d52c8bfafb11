// Entry of the departments' process: a worker's entry cannot be TypeScript on every supported Node.
import '../../scripts/typescript.mjs';
await import('./parties.ts');
