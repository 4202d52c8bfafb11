/**
 * What an answer says of data that somebody says is wrong (核实中): while a ticket about one of its subjects is open, the clerk proceeds on
 * paper. The snapshot that the call was decided on says which are open; opening and answering one moves the epoch, so no answer misses it.
 */
import type { Permission } from '../../../policies/decision.ts';
import type { LeafFacts } from '../../log/entry.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import type { ReleaseServices } from './services.ts';

export interface AnswerNote {
  readonly code: 'under-correction';
  /** places (from 0) of the records, of a batch its outcomes, that it is about; none where it is about whom the call named and got nothing of */
  readonly records: readonly number[];
}

interface Said {
  /** of the answer; none where nothing is open */
  readonly answer: { readonly notes?: readonly AnswerNote[] };
  readonly facts: Pick<LeafFacts, 'notes'>;
}

const nothing: Said = { answer: {}, facts: {} };

/**
 * @param subjects of each record, or of each outcome, in their order
 * @param named full values of the subject's own identifier that the call names
 */
export function underCorrection(
  { registry, keys }: Pick<ReleaseServices, 'registry' | 'keys'>,
  { row: { id }, schema }: LiveDataset,
  { plan }: Pick<Permission, 'plan'>,
  subjects: () => readonly (readonly (Uint8Array | undefined)[])[],
  named: readonly (string | number | boolean)[] = [],
): Said {
  const open = registry.current.corrections.get(id);
  if (open === undefined || schema.subject === undefined) return nothing;
  const { kind } = schema.subject;
  const hashes = subjects().map((those) =>
    those.flatMap((subject) => (subject === undefined ? [] : [Buffer.from(subject).toString('hex')])),
  );
  const records = hashes.flatMap((those, at) => (those.some((hash) => open.has(hash)) ? [at] : []));
  const got = new Set(hashes.flat());
  // whom it got nothing of: told to whoever opened the ticket alone, for anybody else it would say that there is somebody
  const own = [plan.consumer, plan.principal];
  const unfound = named
    .map((value) => keys.subjectHash(kind, String(value)))
    .some((hash) => !got.has(hash) && own.some((code) => code !== undefined && open.get(hash)?.has(code)));
  if (records.length === 0 && !unfound) return nothing;
  return {
    answer: { notes: [{ code: 'under-correction', records }] },
    facts: { notes: ['under-correction'] },
  };
}
