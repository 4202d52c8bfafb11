import { useContext, type ReactNode } from 'react';
import {
  formTitle,
  requestForm,
  requestRows,
  type FormRequest,
} from '../../../terms/requestForm/requestForm.ts';
import type { NameOf, FormRow } from '../../../terms/requestForm/saidAgreement.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { DatasetTitlesContext, type DatasetTitles } from '../parts/datasetTitles.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

interface Shown {
  readonly view: Schemas['RequestView'];
  readonly nameOf: NameOf;
}

/** 审批表: the request as an office prints, seals and files it. Visible on paper only. */
export function ApprovalForm({ view, nameOf }: Shown): ReactNode {
  const { pick } = useWords();
  return (
    <section className="print-only">
      <h2>{pick(formTitle)}</h2>
      <FormRows rows={requestForm(view satisfies FormRequest, nameOf)} />
    </section>
  );
}

/** Everything that the request asks for, shown to the person who decides: the same rows as on paper. */
export function WholeRequest({ view, nameOf }: Shown): ReactNode {
  const { say } = useWords();
  return (
    <section className="card">
      <h2>{say('rqWhole')}</h2>
      <FormRows label={say('rqWhole')} rows={requestRows(view, nameOf)} />
    </section>
  );
}

/** Names of departments, purposes, and of these datasets and their fields. */
export function useNames(datasets: readonly string[], purposeName: (code: string) => string): NameOf {
  const { pick } = useWords();
  const { name } = useDepartments();
  const { turn } = useSession();
  const titles = useContext(DatasetTitlesContext);
  const { value = {} } = useAnswer(`names of ${datasets.join(' ')} ${turn}`, () => namesIn(datasets, titles));
  return (kind, code) => {
    if (kind === 'department') return name(code);
    if (kind === 'purpose') return purposeName(code);
    return pick(value[code]) || undefined;
  };
}

/**
 * Titles by `dataset` and `dataset.field`; what cannot be read is named by its code. A linkage of an agreement may name datasets that are not
 * registered yet.
 */
async function namesIn(
  datasets: readonly string[],
  titles: DatasetTitles,
): Promise<Readonly<Record<string, Bilingual>>> {
  const parts = await Promise.all(
    datasets.map(async (dataset) => {
      const title = await titles.of(dataset);
      if (title === undefined) return [];
      const fields = await post(
        '/v1/datasets/{dataset}/mask-trials',
        { fields: {} },
        { at: { dataset } },
      ).then(
        (tried) => tried.fields,
        () => [],
      );
      return [
        [dataset, title] as const,
        ...fields.map((field) => [`${dataset}.${field.name}`, field.title] as const),
      ];
    }),
  );
  return Object.fromEntries(parts.flat());
}

function FormRows({
  rows,
  label,
}: {
  readonly rows: readonly (FormRow & { readonly seal?: boolean })[];
  readonly label?: string;
}): ReactNode {
  const { pick } = useWords();
  return (
    <table className="approval-form" aria-label={label}>
      <tbody>
        {rows.map(({ title, lines, seal = false }, at) => (
          <tr key={at}>
            <th scope="row">{pick(title)}</th>
            <td>
              {lines.length === 0
                ? '—'
                : lines.map((line, place) => (
                    <div key={place} className={seal ? 'seal' : undefined}>
                      {pick(line)}
                    </div>
                  ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
