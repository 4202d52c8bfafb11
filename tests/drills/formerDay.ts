/**
 * `formerDay.ts ORDER`: the first day by the release whose files it is run with, for `upgrade.ts`, which copies it there. The last line that
 * it prints is what the callers have from then on.
 */
import type { JsonWebKey } from 'node:crypto';
import type { Machine } from '../hub.ts';
import { busyDay, type BusyDay } from './busyDay.ts';
import { firstDay } from './firstDay.ts';

export interface FormerOrder {
  /** of the database */
  readonly url: string;
  readonly keysDir: string;
}

/** Of a department's machine. */
export interface FormerMachine {
  readonly department: string;
  readonly tls: { readonly cert: string; readonly key: string };
  readonly signing: JsonWebKey;
}

/** What callers of the hub have. */
export interface FormerDay {
  readonly ca: string;
  readonly persons: readonly string[];
  readonly busy: BusyDay;
  readonly machines: Readonly<Record<'education' | 'publicSecurity' | 'ecology', FormerMachine>>;
}

const { url, keysDir } = JSON.parse(process.argv[2] ?? '') as FormerOrder;
const { made, city, persons } = await firstDay({
  behind: { origin: 'https://localhost:8443', port: 8443 },
  ports: { open: 8444, staff: 8445, admin: 8446 },
  keysDir,
  config: { database: { url } },
});
const busy = await busyDay(made, city);
await made.stop();
const machineOf = ({ department, tls, signing }: Machine): FormerMachine => ({
  department,
  tls,
  signing: signing.privateKey.export({ format: 'jwk' }),
});
const day: FormerDay = {
  ca: made.ca,
  persons,
  busy,
  machines: {
    education: machineOf(city.education),
    publicSecurity: machineOf(city.publicSecurity),
    ecology: machineOf(city.ecology),
  },
};
process.stdout.write(`\n${JSON.stringify(day)}\n`);
