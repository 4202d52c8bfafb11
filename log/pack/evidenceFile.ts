/**
 * Evidence as returned by the hub: one JSON document with the entries that answer a question, their proofs, and all data needed to read
 * and check them without the hub. Its claims follow from its entries; other content is compared by digest.
 */
import type { AnchorsFile } from '../anchors.ts';
import type { EntryQuestion } from '../entryQuestion.ts';
import type { Missing } from '../missing.ts';
import type { PackFile } from './pack.ts';

/** The question. For a person it contains only the dataset that knows the person by an identifier. */
export interface EvidenceQuestion extends EntryQuestion {
  /** index of the first entry, inclusive */
  readonly first?: number;
  /** index of the last entry, inclusive */
  readonly last?: number;
  /** the pack contains every entry of the range, including those that do not answer */
  readonly whole?: true;
  /** a person or organisation: the dataset that knows the subject by the given identifier */
  readonly subject?: string;
  /** years, separated by spaces, whose subject key was lost at the time of the request: entries of them about the person are not found */
  readonly unsearchableYears?: string;
}

/**
 * `missing` lists answers to the question that the log had lost when the file was written, ascending. It is a statement of the hub,
 * because the pack contains nothing of them. Absent if there were none, and in evidence from before this member was introduced. Older
 * readers refuse a file with these members.
 */
export interface EvidenceFile extends Missing {
  readonly v: 1;
  readonly id: string;
  readonly reason: string;
  readonly case: string;
  /** ids of persons of the hub */
  readonly askedBy: string;
  /** name of the requester in the hub when the folder was written; not proven */
  readonly askedByName?: string;
  /** RFC 3339 */
  readonly askedAt: string;
  readonly answeredBy?: string;
  readonly answeredByName?: string;
  readonly question: EvidenceQuestion;
  /** entries of the log at the time of the request: later ones are not included */
  readonly size: number;
  /** indexes of the entries that answer, ascending */
  readonly chosen: readonly number[];
  /** those that named the person without returning data */
  readonly attempts: readonly number[];
  /**
   * for evidence without a range: entries that record destroyed units in which there may have been answers, ascending. The pack contains
   * them; absent in evidence from before this member was introduced
   */
  readonly telling?: readonly number[];
  /** the pack contains every entry from the first to the last */
  readonly range?: { readonly first: number; readonly last: number };
  readonly pack: PackFile;
  /** the newest checkpoint with the lines of its witnesses */
  readonly cosigned: string;
  /** the keys as published by the hub: compare them through another channel */
  readonly anchors: AnchorsFile;
  /** policy sets named by entries: name and digest of each document, and the registries in force with them at each epoch */
  readonly sets: readonly StoredSet[];
  /** hex SHA-256 → text */
  readonly registries: Readonly<Record<string, string>>;
  /** policy documents that the entries concern: hex SHA-256 → canonical text */
  readonly documents: Readonly<Record<string, string>>;
  /** urn → text of the schema version */
  readonly schemas: Readonly<Record<string, string>>;
  /** consent notices: hex SHA-256 → text */
  readonly notices: Readonly<Record<string, string>>;
}

export interface StoredSet {
  readonly policy: string;
  readonly lines: readonly string[];
  readonly readings: readonly { readonly epoch: number; readonly registries: string }[];
}
