import { dayOf } from '../../../../log/entryQuestion.ts';
import type { Leaf } from '../../../../log/leaf.ts';
import { parseLeaf } from '../../../../log/parseLeaf.ts';
import { destroyedExchange, type Told } from '../../../log/retention/destroyedExchange.ts';
import type { Services } from '../../common/services.ts';
import { Problem } from '../../../../terms/problem.ts';

/** Its time was over, or there never was one that the asker may be told of. */
export async function whyNone(
  exchange: string,
  told: Told,
  { database, keys }: Pick<Services, 'database' | 'keys'>,
): Promise<Problem> {
  const gone = await destroyedExchange(database.app, keys.headMac, exchange, told);
  if (gone === undefined) return new Problem('not_found');
  const { at, rules, entry } = gone;
  return new Problem('entry_destroyed', { day: dayOf(at), rules, entry });
}

/** @throws Problem log_inconsistent that names the entry, where its bytes are none any more */
export function leafAt(index: number, leaf: Uint8Array): Leaf {
  try {
    return parseLeaf(leaf);
  } catch (cause) {
    throw new Problem(
      'log_inconsistent',
      { what: { zh: `第 ${index} 条已不是日志条目`, en: `entry ${index} is no entry any more` } },
      { cause },
    );
  }
}
