import { writeFileSync } from 'node:fs';

/** What a demo would leave for the verbs of staff: where its hub answers, and a token by name. */
export function writeDemoState(
  file: string,
  hub: {
    readonly exchange: string;
    readonly open: string;
    readonly staff: string;
    readonly ca: string;
    readonly keys: unknown;
  },
  tokens: Readonly<Record<string, string>>,
): void {
  const staff = Object.fromEntries(Object.entries(tokens).map(([name, token]) => [name, { token }]));
  writeFileSync(file, JSON.stringify({ v: 1, pid: process.pid, hub, profiles: {}, staff }));
}
