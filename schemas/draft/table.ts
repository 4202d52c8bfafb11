/** What is known of a department's table before there is a schema: from DDL, from a column list, or from rows of a sample. */
export interface Column {
  readonly name: string;
  /** Chinese name, from a comment or a list */
  readonly title?: string;
  /** type as the source says it, lower-case, without length: `varchar2`, `整数` */
  readonly type?: string;
  readonly length?: number;
  /** digits after the point, for numbers */
  readonly scale?: number;
  readonly required?: boolean;
  readonly key?: boolean;
  /** values seen, at most some thousand; never written into a draft */
  readonly samples: readonly string[];
}

export interface Table {
  readonly name: string;
  readonly title?: string;
  readonly columns: readonly Column[];
  /** how it was read */
  readonly source: 'ddl' | 'column list' | 'sample';
}
