import { writeFileSync } from 'node:fs';
import type { ProfileDocument } from '../clients/sdk/profile.ts';
import type { Machine } from './hub.ts';

export interface DemoHub {
  readonly exchange: string;
  readonly open: string;
  readonly staff: string;
  readonly ca: string;
  readonly keys: unknown;
}

/** What a demo would leave for the verbs: where its hub answers, a token by name, and the machines of departments. */
export function writeDemoState(
  file: string,
  hub: DemoHub,
  tokens: Readonly<Record<string, string>>,
  machines: readonly Machine[] = [],
): void {
  const staff = Object.fromEntries(Object.entries(tokens).map(([name, token]) => [name, { token }]));
  const profiles = Object.fromEntries(machines.map((one) => [one.department, profileOf(one, hub)]));
  writeFileSync(file, JSON.stringify({ v: 1, pid: process.pid, hub, profiles, staff }), { mode: 0o600 });
}

/** The profile of an enrolled machine, as `datong enrol` would have written it. */
export const profileOf = (
  { department, tls, signing }: Machine,
  { exchange, open, staff, ca }: DemoHub,
): ProfileDocument => ({
  v: 1,
  department,
  hub: { exchange, open, staff, ca, keys: { keys: [] } },
  tls,
  signingKey: signing.privateKey.export({ format: 'jwk' }),
});
