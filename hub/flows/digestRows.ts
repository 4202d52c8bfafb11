import { hubDraft } from '../log/hubDraft.ts';
import type { OpenedAuditLog } from '../log/openAuditLog.ts';
import type { Database } from '../platform/database/database.ts';
import { digestStoredRows } from './rows/store/digestedTables.ts';

/** At the start: rows that an earlier release stored get their digests, with an entry. */
export const digestRows = (
  database: Pick<Database, 'owner' | 'now'>,
  { append }: Pick<OpenedAuditLog, 'append'>,
): Promise<void> =>
  digestStoredRows(database, (tables) => append(hubDraft('digestRows', database.now(), { tables })));
