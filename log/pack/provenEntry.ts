/** An entry that is in the log; `parseLeaf` reads its bytes. */
export interface ProvenEntry {
  readonly index: number;
  /** they may be decoded whenever they are asked for */
  readonly bytes: Uint8Array;
  /** false where it is known that it tells no destruction */
  readonly mayTell?: boolean;
}
