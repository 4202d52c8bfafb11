// A process next to a bench: `child.mjs MODULE FUNCTION`. The entry of a process cannot be TypeScript on every supported Node.
import '../scripts/typescript.mjs';

const [module, name] = process.argv.slice(2);
const loaded = await import(new URL(module, import.meta.url).href);
await loaded[name]();
