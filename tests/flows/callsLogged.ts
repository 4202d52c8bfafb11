import { uuid7 } from '../../machine/uuid7.ts';
import { entry } from '../../hub/log/entry.ts';
import { defined } from '../../terms/defined.ts';
import type { TestDatabase } from '../database.ts';
import type { TestHub } from '../hub.ts';

const aDay = 86_400_000;

export interface LoggedCall {
  readonly official?: string;
  readonly code?: string;
  readonly person?: Uint8Array;
  readonly agreement?: string;
  readonly matter?: string;
  /** days before now */
  readonly ago?: number;
}

/** Appends calls of the education bureau to the log, as the release flow does. */
export const callsLogged =
  (hub: TestHub, database: TestDatabase) =>
  async (count: number, more: LoggedCall): Promise<void> => {
    for (let nth = 0; nth < count; nth += 1) {
      const now = database.now() - (more.ago ?? 0) * aDay;
      await hub.hub.audit.append(
        entry({
          exchange: uuid7(now),
          now,
          operation: 'queryDataset',
          kind: 'release',
          actor: { proven: { department: 'education' } },
          ...defined({ code: more.code }),
          ...(more.person === undefined ? {} : { subjects: [more.person] }),
          facts: {
            consumer: 'education',
            provider: 'pub-security',
            dataset: 'pub-security.household',
            ...(more.official === undefined ? {} : { onBehalfOf: more.official, matter: 'YX-2026-1' }),
            ...defined({ agreement: more.agreement, matter: more.matter }),
            ...(more.code === undefined ? { rows: { delivered: 1, withheld: 0 } } : {}),
          },
          carried: undefined,
        }),
      );
    }
  };
