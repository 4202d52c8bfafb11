/** What is known of a department's table before there is a schema: from DDL, from a column list, or from rows of a sample. */
import type { Bilingual } from '../../terms/bilingual.ts';
import type { Sensitivity } from '../datasetSchema.ts';

/** One value that a column may have, as the source declares it: `1` 男. */
export interface DeclaredCode {
  readonly code: string;
  readonly label?: string;
}

export interface Column {
  readonly name: string;
  /** Chinese name, from a comment or a list */
  readonly title?: string;
  /** type as the source says it, lower-case, without length: `varchar2`, `整数` */
  readonly type?: string;
  /** the type is one of the elements of an array */
  readonly array?: boolean;
  readonly length?: number;
  /** digits after the point, for numbers */
  readonly scale?: number;
  readonly required?: boolean;
  readonly key?: boolean;
  /** values that the source declares (an enum, a list in a comment): never values of rows */
  readonly codes?: readonly DeclaredCode[];
  /** what the source says of personal data */
  readonly personal?: 'personal' | 'sensitive';
  readonly level?: Sensitivity;
  /** values seen, at most some thousand; never written into a draft */
  readonly samples: readonly string[];
}

export interface Table {
  readonly name: string;
  readonly title?: string;
  readonly columns: readonly Column[];
  /** how it was read */
  readonly source: 'ddl' | 'column list' | 'sample';
  /** what could not be read or had to be assumed: nothing is left out without a word */
  readonly doubts?: readonly Bilingual[];
}
