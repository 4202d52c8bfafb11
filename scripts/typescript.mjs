// Node below 22.18 cannot read TypeScript: there tsx does it. Imported first by every plain-JavaScript entry point.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) (await import('tsx/esm/api')).register();
