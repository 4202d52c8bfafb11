// A worker thread of Node below 22.18 reads TypeScript only after this; its own entry must be plain JavaScript.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) (await import('tsx/esm/api')).register();
await import('./translateWorker.ts');
