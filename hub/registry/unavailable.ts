/** What callers are told of a dataset that is suspended or retired. */
import { timeOfUuid7 } from '../../machine/uuid7.ts';
import { dayInChina } from '../../terms/civilDate.ts';
import { Problem } from '../../terms/problem.ts';
import { responsibleParty } from '../../terms/stoppedBy.ts';
import type { DatasetRow } from './store/datasets.ts';
import type { LeavingNotice } from './leavingNotice.ts';

const sides = {
  provider: { zh: '提供部门', en: 'its provider' },
  office: { zh: '数据主管部门', en: 'the data office' },
} as const;

type Stopped = Pick<DatasetRow, 'id' | 'state' | 'stoppedBy' | 'suspendedByOffice'>;

/**
 * Since when, whose the stop is, the provider's or the data office's, and who can mend it. The reason is a person's text and stands in the
 * view of the dataset.
 * A retired one carries `Sunset` (RFC 8594), the moment at which it went; a suspended one what its answers would say of its version
 * (`Deprecation`, `Sunset`). When a suspension ends nobody has said.
 * @param notice of the version that the dataset answers under
 */
export function unavailable(
  { id, state, stoppedBy, suspendedByOffice }: Stopped,
  notice?: LeavingNotice,
): Problem {
  const at = stoppedBy === null ? undefined : timeOfUuid7(stoppedBy);
  const side = state === 'suspended' ? (suspendedByOffice ? 'office' : 'provider') : undefined;
  const by = side === undefined ? undefined : sides[side];
  const day = at === undefined ? undefined : dayInChina(at);
  const since = {
    zh: `${day === undefined ? '' : `，自 ${day} 起`}${by === undefined ? '' : `，由${by.zh}暂停`}`,
    en: `${day === undefined ? '' : ` since ${day}`}${by === undefined ? '' : `, by ${by.en}`}`,
  };
  const headers =
    state === 'retired' && at !== undefined ? { ...notice, sunset: new Date(at).toUTCString() } : notice;
  const reported = {
    state,
    ...(at === undefined ? {} : { since: new Date(at).toISOString() }),
    ...(side === undefined ? {} : { by: side }),
  };
  return new Problem(
    'dataset_unavailable',
    { dataset: id, state, since, whom: by ?? sides.office },
    {
      findings: [reported],
      who: responsibleParty([side ?? 'office']),
      ...(headers === undefined ? {} : { headers }),
    },
  );
}

/** Of one that cannot be read as it is registered. */
export const unreadableDataset = (dataset: string): Problem =>
  new Problem(
    'dataset_unavailable',
    { dataset, state: 'unreadable', since: { zh: '', en: '' }, whom: sides.office },
    { who: responsibleParty(['office']) },
  );

/** What is made of a stored text; undefined where it is none any more, or the rules of today refuse it: it fails alone, not what stands beside it. */
export function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Problem || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
