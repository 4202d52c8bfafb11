/**
 * `formerDay.ts ORDER`: the first day by the release whose files it is run with, for `upgrade.ts`, which copies it there. The last line that
 * it prints is what the callers have from then on.
 */
import type { JsonWebKey } from 'node:crypto';
import { firstDay } from './firstDay.ts';

export interface FormerOrder {
  /** of the database */
  readonly url: string;
  readonly keysDir: string;
}

/** What callers of the hub have. */
export interface FormerDay {
  readonly ca: string;
  readonly persons: readonly string[];
  readonly machine: {
    readonly department: string;
    readonly tls: { readonly cert: string; readonly key: string };
    readonly signing: JsonWebKey;
  };
}

const { url, keysDir } = JSON.parse(process.argv[2] ?? '') as FormerOrder;
const { made, city, persons } = await firstDay({
  behind: { origin: 'https://localhost:8443', port: 8443 },
  ports: { open: 8444, staff: 8445, admin: 8446 },
  keysDir,
  config: { database: { url } },
});
await made.stop();
const { department, tls, signing } = city.education;
const day: FormerDay = {
  ca: made.ca,
  persons,
  machine: { department, tls, signing: signing.privateKey.export({ format: 'jwk' }) },
};
process.stdout.write(`\n${JSON.stringify(day)}\n`);
