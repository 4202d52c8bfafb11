import type { ReactNode } from 'react';
import {
  formTitle,
  requestForm,
  saidRequest,
  type SaidRequest,
} from '../../../terms/requestForm/requestForm.ts';
import type { NameOf, SaidRow } from '../../../terms/requestForm/saidAgreement.ts';
import type { Schemas } from '../api/call.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { useWords } from '../words/words.ts';

interface Shown {
  readonly view: Schemas['RequestView'];
  readonly purposeName: (code: string) => string;
}

/** 审批表: the request as an office prints, seals and files it. Visible on paper only. */
export function ApprovalForm({ view, purposeName }: Shown): ReactNode {
  const { pick } = useWords();
  const nameOf = useNames(purposeName);
  return (
    <section className="print-only">
      <h2>{pick(formTitle)}</h2>
      <FormRows rows={requestForm(view satisfies SaidRequest, nameOf)} />
    </section>
  );
}

/** Everything that the request asks for, shown to the person who decides: the same rows as on paper. */
export function WholeRequest({ view, purposeName }: Shown): ReactNode {
  const { say } = useWords();
  const nameOf = useNames(purposeName);
  return (
    <section className="card">
      <h2>{say('rqWhole')}</h2>
      <FormRows label={say('rqWhole')} rows={saidRequest(view, nameOf)} />
    </section>
  );
}

function useNames(purposeName: (code: string) => string): NameOf {
  const { name } = useDepartments();
  return (kind, code) => (kind === 'department' ? name(code) : purposeName(code));
}

function FormRows({
  rows,
  label,
}: {
  readonly rows: readonly (SaidRow & { readonly seal?: boolean })[];
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
