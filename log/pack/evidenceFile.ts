/**
 * Evidence as the hub hands it out: one JSON document with the entries that answer a question, their proofs, and everything needed to read
 * and check them without the hub. What it claims follows from its entries; what it says beside them is compared by digest.
 */
import type { AnchorsFile } from '../anchors.ts';
import type { EntryQuestion } from '../entryQuestion.ts';
import type { Missing } from '../missing.ts';
import type { PackFile } from './pack.ts';

/** What was asked; of a person only in which dataset she is known by her identifier. */
export interface EvidenceQuestion extends EntryQuestion {
  /** index of the first entry, itself included */
  readonly first?: number;
  /** index of the last entry, itself included */
  readonly last?: number;
  /** every entry of the range is in the pack, also those that do not answer */
  readonly whole?: true;
  /** a person or organisation: the dataset that knows her by the identifier which was given */
  readonly subject?: string;
}

/**
 * What is missing are answers to its question that the log did not have any more when it was written, ascending: the hub's word, as nothing
 * of them is in the pack. Absent where none was, and in evidence that was made before they were named; whoever cannot read these members
 * refuses the file.
 */
export interface EvidenceFile extends Missing {
  readonly v: 1;
  readonly id: string;
  readonly reason: string;
  readonly case: string;
  /** ids of persons of the hub */
  readonly askedBy: string;
  /** as the hub called her when the folder was written; nothing proves it */
  readonly askedByName?: string;
  /** RFC 3339 */
  readonly askedAt: string;
  readonly answeredBy?: string;
  readonly answeredByName?: string;
  readonly question: EvidenceQuestion;
  /** entries of the log when it was asked: no later one is looked at */
  readonly size: number;
  /** indexes of the entries that answer, ascending */
  readonly chosen: readonly number[];
  /** those of them that named the person and got nothing of her */
  readonly attempts: readonly number[];
  /**
   * of evidence without a range: entries that tell which units were destroyed where answers might have been, ascending. They are in the pack;
   * absent in evidence that was made before they were named
   */
  readonly telling?: readonly number[];
  /** every entry from the first to the last is in the pack */
  readonly range?: { readonly first: number; readonly last: number };
  readonly pack: PackFile;
  /** the newest checkpoint with the lines of its witnesses */
  readonly cosigned: string;
  /** the keys as the hub tells them: compare them by another channel */
  readonly anchors: AnchorsFile;
  /** policy sets that entries name: name and digest of each document, and which registries stood beside them at which epoch */
  readonly sets: readonly StoredSet[];
  /** hex SHA-256 → text */
  readonly registries: Readonly<Record<string, string>>;
  /** policy documents the entries are about: hex SHA-256 → canonical text */
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
