/** A log that a hub began years ago: entries whose time is over. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { entry, type Entry } from '../hub/log/entry.ts';
import { subjectToken, tokenYear } from '../hub/log/subjects.ts';
import { subjectHash } from '../hub/domain/subjectHash.ts';
import { uuid7 } from '../machine/uuid7.ts';
import type { TestHub } from './hub.ts';

const year = 365.25 * 86_400_000;

/** An entry of four years ago, as a hub that ran then has it: every hundredth is an act that others were decided by, every tenth is about a person. */
function oldEntry({ hub }: TestHub, n: number): Entry<undefined> {
  const now = hub.database.now() - 4 * year + n * 1_000;
  const act = n % 100 === 7;
  const hash = Buffer.from(subjectHash(hub.keys.subject, 'person', 'nobody'), 'hex');
  return entry({
    exchange: uuid7(now),
    now,
    operation: act ? 'resumeAgreement' : 'queryDataset',
    kind: act ? 'management' : 'release',
    actor: { proven: { department: 'education' } },
    facts: act
      ? {}
      : {
          consumer: 'education',
          provider: 'pub-security',
          dataset: 'pub-security.household',
          agreement: 'agr-school-enrolment@1',
        },
    ...(n % 10 === 0 ? { subjects: [subjectToken(hub.keys.logToken(tokenYear(now)), hash)] } : {}),
    carried: undefined,
  });
}

/**
 * Entries of four years ago, until the log has so many.
 * @returns their exchange ids, by index
 */
export async function withOldEntries(hub: TestHub, until: number): Promise<ReadonlyMap<number, string>> {
  const keys = join(hub.stateDir, 'keys');
  const keyOf = (at: number): string => join(keys, `log-token-${tokenYear(at)}.key`);
  const now = hub.hub.database.now();
  copyFileSync(keyOf(now), keyOf(now - 4 * year));
  const made = new Map<number, string>();
  while (hub.hub.audit.size() < until)
    await Promise.all(
      Array.from({ length: 512 }, async (_, n) => {
        const draft = oldEntry(hub, n);
        const { index } = await hub.hub.audit.append(draft);
        made.set(index, draft.leaf.id);
      }),
    );
  return made;
}
