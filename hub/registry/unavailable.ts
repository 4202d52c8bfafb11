/** Problems returned to callers for a dataset that is suspended or retired. */
import { timeOfUuid7 } from '../../machine/uuid7.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { dayInChina } from '../../terms/civilDate.ts';
import { Problem } from '../../terms/problem.ts';
import { responsibleParty } from '../../terms/stoppedBy.ts';
import type { DatasetRow } from './store/datasets.ts';
import type { LeavingNotice } from './leavingNotice.ts';
import { defined } from '../../terms/defined.ts';

const sides = {
  provider: { zh: '提供部门', en: 'its provider' },
  office: { zh: '数据主管部门', en: 'the data office' },
} as const;

type Stopped = Pick<DatasetRow, 'id' | 'state' | 'stoppedBy' | 'suspendedByOffice'>;

/**
 * Contains the start, the side that stopped it (provider or data office), and who can resume it. The reason is a person's text and is only
 * in the view of the dataset. A retired dataset has the header `Sunset` (RFC 8594) with its end. A suspended one has the headers of its
 * version (`Deprecation`, `Sunset`). The end of a suspension is unknown.
 * @param notice of the version under which the dataset answers
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
    ...defined({ by: side }),
  };
  return new Problem(
    'dataset_unavailable',
    { dataset: id, state, since, whom: by ?? sides.office },
    {
      findings: [reported],
      who: responsibleParty([side ?? 'office']),
      ...defined({ headers }),
    },
  );
}

/** The problem for a dataset that cannot be read as registered. */
export const unreadableDataset = (dataset: string): Problem =>
  new Problem(
    'dataset_unavailable',
    { dataset, state: 'unreadable', since: { zh: '', en: '' }, whom: sides.office },
    { who: responsibleParty(['office']) },
  );

/** What is registered and cannot be read, by its kind and name (`Dataset a.b`), with the reason. */
export type Unreadable = ReadonlyMap<string, Bilingual>;

/**
 * The parsed value of a stored text; undefined if it is invalid or today's rules refuse it: then only this text fails, not the others.
 * @param refused called with the reason
 */
export function readable<T>(read: () => T, refused?: (reason: Bilingual) => void): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Problem || error instanceof SyntaxError)) throw error;
    refused?.(error instanceof Problem ? error.text : notJson);
    return undefined;
  }
}

const notJson: Bilingual = { zh: '不是有效的 JSON', en: 'it is not valid JSON' };
