/**
 * Notes on an answer whose data is disputed (核实中): while a ticket about one of its subjects is open, the clerk proceeds on paper. The
 * snapshot of the decision lists the open tickets. Opening and answering a ticket moves the epoch, so no answer misses it.
 */
import type { Permission } from '../../../policies/decision.ts';
import type { LeafFacts } from '../../log/entry.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import type { ReleaseServices } from './services.ts';

export interface AnswerNote {
  readonly code: 'under-correction';
  /**
   * positions (from 0) of the records it is about, or of the outcomes of a batch; empty where it is about a named subject without returned
   * data
   */
  readonly records: readonly number[];
}

interface CorrectionNotes {
  /** for the answer; empty where no ticket is open */
  readonly answer: { readonly notes?: readonly AnswerNote[] };
  readonly facts: Pick<LeafFacts, 'notes'>;
}

const nothing: CorrectionNotes = { answer: {}, facts: {} };

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
): CorrectionNotes {
  const open = registry.current.corrections.get(id);
  if (open === undefined || schema.subject === undefined) return nothing;
  const { kind } = schema.subject;
  const hashes = subjects().map((those) =>
    those.flatMap((subject) => (subject === undefined ? [] : [Buffer.from(subject).toString('hex')])),
  );
  const records = hashes.flatMap((those, at) => (those.some((hash) => open.has(hash)) ? [at] : []));
  const got = new Set(hashes.flat());
  // subjects without returned data: shown only to the department that opened the ticket; to others it would disclose that the person
  // exists
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
