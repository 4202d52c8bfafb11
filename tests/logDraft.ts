/** An entry for tests of the log alone, which has no caller and no reply. */
import type { Claims, EntryDraft } from '../hub/log/draft.ts';
import type { Leaf } from '../log/leaf.ts';
import { uuid7 } from '../machine/uuid7.ts';

export interface LogDraft extends EntryDraft<LogDraft> {
  readonly claims: Claims;
}

/** An answered query; where it loses a claim, the same one as denied. */
export function logDraft(
  claims: Claims = {},
  facts: Partial<Leaf> = {},
  more: Partial<LogDraft> = {},
): LogDraft {
  const now = Date.now();
  const leaf: Leaf = {
    v: 1,
    id: uuid7(now),
    at: new Date(now).toISOString(),
    kind: 'release',
    operation: 'queryDataset',
    decision: 'allow',
    actor: { department: 'education' },
    ...facts,
  };
  return {
    leaf,
    claims,
    whenLost: (code) => logDraft({}, { id: leaf.id, decision: 'deny', code }),
    ...more,
  };
}
