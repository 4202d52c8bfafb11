/** Implements `--check`: reads each source as a question would, and checks its first rows against the schema. */
import type { CheckFinding } from '../verb.ts';
import type { ProvidedDataset, RowProvider } from './providedRows.ts';

/** Number of rows that are checked. */
const sampleRows = 200;

export async function checkSource(
  { id, schema, compiled }: ProvidedDataset,
  provider: RowProvider,
): Promise<{ readonly rows: number; readonly findings: readonly CheckFinding[] }> {
  const fields = schema.fields.map(({ name }) => name);
  try {
    const { rows, after } = await provider.rows({ fields, filter: [], limit: sampleRows, patience: 30_000 });
    const { check, explain } = compiled();
    const findings = rows.flatMap((row, i): readonly CheckFinding[] =>
      check(row)
        ? []
        : explain(row).map(({ field, rule, message }) => ({
            code: rule,
            path: `${id}/${field}`,
            line: i + 1,
            message,
          })),
    );
    const doubled = after.length - new Set(after).size;
    const keys: readonly CheckFinding[] =
      doubled === 0
        ? []
        : [
            {
              code: 'key.repeated',
              path: id,
              message: {
                zh: `key 不能唯一确定一行：前 ${rows.length} 行中有 ${doubled} 行重复`,
                en: `key does not name a row: ${doubled} of the first ${rows.length} rows repeat one`,
              },
            },
          ];
    return { rows: rows.length, findings: [...findings, ...keys] };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const said = cause instanceof Error ? cause.message : String(cause);
    return {
      rows: 0,
      findings: [
        { code: 'source', path: id, message: { zh: `不能读取：${said}`, en: `cannot be read: ${said}` } },
      ],
    };
  }
}
