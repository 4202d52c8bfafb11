// Entry of the lint worker: plain JavaScript, since Node 20 reads no TypeScript in a worker without this.
import '../../scripts/typescript.mjs';

await import('./lintInWorker.ts');
