/**
 * `releaseHub.ts STATE`: a hub by the release whose files it is run with, for `clients.ts`, which copies it there. It writes what clients need
 * to the files STATE and STATE.anchors, prints its first day as one line, and serves until its standard input ends.
 */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { writeDemoState } from '../demoState.ts';
import { busyDay, type BusyDay } from './busyDay.ts';
import { firstDay } from './firstDay.ts';

export interface ReleaseDay extends BusyDay {
  /** numbers of the persons whose rows the agreement opens */
  readonly persons: readonly string[];
}

const { made, city, persons } = await firstDay({});
const day: ReleaseDay = { ...(await busyDay(made, city)), persons };
const state = process.argv[2] ?? '';
writeFileSync(`${state}.anchors`, JSON.stringify(await city.education.client.anchorsDocument()));
writeDemoState(
  state,
  { ...made.hub.origins, ca: made.ca, keys: { keys: [] } },
  {
    operator: city.operator,
    leader: await made.token('leader', ['leader']),
    auditor: await made.token('auditor', ['auditor']),
  },
  [city.education, city.publicSecurity, city.ecology],
);
process.stdout.write(`\n${JSON.stringify(day)}\n`);
process.stdin.resume();
await once(process.stdin, 'end');
await made.hub.stop();
process.exit(0);
