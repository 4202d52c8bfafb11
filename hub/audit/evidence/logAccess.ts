/** What reading the log needs. `Services` of hub/operations has it all. */
import { openCheckpoint, type Checkpoint } from '../../../log/checkpoint.ts';
import { parseVkey } from '../../../log/note/noteKey.ts';
import type { HubKeys } from '../../keys/hubKeys.ts';
import type { Database } from '../../store/database.ts';
import type { AuditLog } from '../draft.ts';

export interface LogAccess {
  readonly database: Pick<Database, 'app'>;
  readonly audit: Pick<AuditLog, 'checkpoint'>;
  readonly keys: Pick<HubKeys, 'log'>;
}

/** The newest checkpoint of this process, as note and as what it says. Everything that is handed out refers to it. */
export function newestCheckpoint({ audit, keys }: LogAccess): Checkpoint & { readonly note: string } {
  const note = audit.checkpoint();
  return { ...openCheckpoint(note, [parseVkey(keys.log.vkey)]), note };
}
