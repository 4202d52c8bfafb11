/** Checks the records of a call, with a mapping or without one, and passes good rows to the sink. */
import { bindMapping } from '../../../../adapters/mapping/bind.ts';
import { requiredFault } from '../../../../adapters/mapping/fieldProgram.ts';
import type { CompiledMapping } from '../../../../adapters/mapping/compile.ts';
import { sortedDoubts } from '../../../../adapters/reading/doubt.ts';
import {
  treeBatch,
  type BadRecord,
  type CellGroup,
  type TreeBuilder,
} from '../../../../adapters/reading/reader.ts';
import { BatchTranslator, type BatchAccount, type RowSink } from '../../../../adapters/translate.ts';
import type { CompiledSchema } from '../../../../schemas/compile.ts';
import { maskedPointer } from '../../../../schemas/explain.ts';
import { mayShowName } from '../../../../terms/fieldName.ts';
import { classOfValue, type RowProblem } from '../../../../terms/rowProblem.ts';

type Reading = (batch: TreeBuilder) => Pick<BatchAccount, 'bad' | 'skipped' | 'doubted'>;

/**
 * Rows with the fields of the schema and no others. As in a file, a row in doubt is bad; only a mapping can accept it. A field of the key is
 * never null or absent, also where a schema that was registered formerly allows it: the database would never find the row again.
 */
export function asTheyAre(compiled: CompiledSchema, take: RowSink): Reading {
  const { fields, primaryKey } = compiled.schema;
  const names = fields.map(({ name }) => name);
  const known = new Set(names);
  const values: unknown[] = names.map(() => undefined);
  const problemsOf = (record: CellGroup, line: number): readonly RowProblem[] => {
    const unknown = Object.keys(record).find((name) => !known.has(name));
    if (unknown !== undefined || !compiled.check(record)) return explained(compiled, record, line, unknown);
    const unnamed = primaryKey.filter((name) => (record[name] ?? null) === null);
    if (unnamed.length > 0) return unnamed.map((field) => withoutKey(field, line));
    for (let i = 0; i < names.length; i += 1) values[i] = record[names[i] ?? ''];
    return take(values, line, 0) ?? [];
  };
  return ({ records, lines, doubts }) => {
    const { byRecord } = sortedDoubts(doubts, () => true);
    const bad = records.flatMap((record, i): BadRecord[] => {
      const line = lines[i] ?? 0;
      const ofDoubts = byRecord.get(i)?.map((problem) => ofField(compiled, record, problem));
      const problems = ofDoubts ?? problemsOf(record, line);
      return problems.length === 0 ? [] : [{ line, problems, raw: record }];
    });
    return { skipped: 0, doubted: [], bad };
  };
}

const withoutKey = (field: string, line: number): RowProblem => ({
  line,
  column: 0,
  header: '',
  field,
  rule: requiredFault.rule,
  got: classOfValue(null, false),
  message: requiredFault.message,
});

/** The field of a doubt about a value, whose path begins with it. */
export const fieldOfDoubt = ({ header }: Pick<RowProblem, 'header'>): string => header.split('/', 1)[0] ?? '';

/** The doubt with its field. The path is masked; the name of an unknown member is shown only if it could be that of a field. */
function ofField({ schema }: CompiledSchema, record: CellGroup, problem: RowProblem): RowProblem {
  const name = fieldOfDoubt(problem);
  const field = schema.fields.some((one) => one.name === name) ? name : shownName(name);
  return { ...problem, field, header: maskedPointer(schema, record, `/${problem.header}`).slice(1) };
}

/** Rules that a member breaks which the schema does not have. */
const closes: ReadonlySet<string> = new Set(['additionalProperties', 'unevaluatedProperties']);

/** The name if it could be that of a field; else '', since it may be personal data. */
const shownName = (name: string): string => (mayShowName(name) ? name : '');

function explained(
  compiled: CompiledSchema,
  record: CellGroup,
  line: number,
  unknown: string | undefined,
): readonly RowProblem[] {
  const named = unknown === undefined ? '' : shownName(unknown);
  const found = compiled.explain(record).map(({ field, rule, valueClass, message }): RowProblem => ({
    line,
    column: 0,
    header: '',
    field: field === '' && closes.has(rule) ? named : field,
    rule,
    got: valueClass,
    message,
  }));
  if (unknown === undefined || found.length > 0) return found;
  // members outside the schema's columns are not allowed, even where the schema permits them
  return [
    {
      line,
      column: 0,
      header: '',
      field: named,
      rule: 'additionalProperties',
      got: 'object',
      message: { zh: '含有标准中没有的数据项', en: 'has a field that the schema does not have' },
    },
  ];
}

/** Rows that a registered mapping reads. */
export function mapped(compiled: CompiledSchema, mapping: CompiledMapping, take: RowSink): Reading {
  const translator = new BatchTranslator(bindMapping(mapping, compiled, treeBatch()), take);
  return (batch) => translator.translate(batch);
}
