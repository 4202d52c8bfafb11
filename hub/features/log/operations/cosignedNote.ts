import { newestCosigned } from '../../../log/store/cosignatures.ts';
import type { Services } from '../../common/services.ts';

/** The newest checkpoint that witnesses cosigned, with their signature lines; without a witness the newest one. */
export async function cosignedNote({
  database,
  audit,
}: Pick<Services, 'database' | 'audit'>): Promise<string> {
  const cosigned = await newestCosigned(database.app);
  return cosigned === undefined ? audit.checkpoint() : `${cosigned.note}${cosigned.lines.join('')}`;
}
