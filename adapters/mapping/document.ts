/** The mapping document: how records of one sender's file become rows of one schema. A closed set of operations, no expressions. */
import type { PointSpec } from './steps/pointStep.ts';
import type { UseOfDoubts } from '../reading/doubt.ts';

/** Reference to a cell: a column by name or number from 1, or, in nested formats, a path such as `METADATA/ACCOUNT/0/NUMBER`. */
export type From = string | number;

export interface FieldSpec {
  readonly from?: From;
  readonly const?: string | number | boolean | null;
  readonly join?: readonly From[];
  readonly sep?: string;
  readonly when?: readonly WhenSpec[];
  readonly else?: FieldSpec;
  readonly trim?: boolean;
  readonly width?: boolean;
  readonly dropInvisible?: boolean;
  readonly asWritten?: boolean;
  readonly upper?: boolean;
  readonly lower?: boolean;
  readonly keepEmpty?: boolean;
  readonly nullIf?: readonly string[];
  readonly split?: { readonly by: string; readonly index: number };
  readonly slice?: readonly [number, number?];
  readonly pad?: { readonly to: number; readonly with: string; readonly side?: 'left' | 'right' };
  readonly default?: string | number | boolean | null;
  readonly code?: string | Readonly<Record<string, string | number | boolean>>;
  readonly otherCode?: string | number | boolean | null;
  readonly date?: string | readonly string[];
  readonly datetime?: string | readonly string[];
  readonly zone?: string;
  readonly calendar?: 'gregorian' | 'roc';
  readonly pivot?: number;
  readonly number?: true | NumberSpec;
  readonly times?: string;
  readonly scale?: number;
  readonly boolean?: { readonly true: readonly string[]; readonly false: readonly string[] };
  readonly check?: string;
  readonly point?: PointSpec;
}

export interface WhenSpec {
  readonly from: From;
  readonly is: string | readonly string[];
  readonly use: FieldSpec;
}

export interface NumberSpec {
  readonly group?: string;
  readonly decimal?: string;
  readonly sign?: 'leading' | 'trailing' | 'parentheses';
}

export interface SkipSpec {
  readonly from: From;
  readonly is?: string | readonly string[];
  /** the text begins with one of these */
  readonly begins?: readonly string[];
  readonly empty?: boolean;
}

export interface MappingDocument {
  /** name and version of the mapping: `pub-security/household@1` */
  readonly mapping: string;
  /** short name or URN of the schema: `household@1` */
  readonly target: string;
  readonly source: { readonly format: string; readonly options?: Readonly<Record<string, unknown>> };
  readonly limits?: { readonly maxBad?: number; readonly maxBadRatio?: number };
  readonly doubts?: UseOfDoubts;
  readonly skipIf?: readonly SkipSpec[];
  readonly fields: Readonly<Record<string, FieldSpec>>;
}
