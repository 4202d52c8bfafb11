/** Common members of policy documents: name, version, and the exact text that is digested, signed and stored. */
export interface StoredDocument {
  readonly id: string;
  readonly version: number;
  /** canonical JSON (RFC 8785) of the document; YAML is only for editing */
  readonly canonical: string;
  /** hex SHA-256 of the canonical text */
  readonly digest: string;
  /** JSON pointer → line and column (from 1) in the text it was read from; absent when read from a value */
  readonly places?: ReadonlyMap<string, Place>;
}

export interface Place {
  readonly line: number;
  readonly column: number;
}
