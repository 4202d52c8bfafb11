import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { LabelledTable } from '../parts/LabelledTable.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { DatasetTitles } from '../parts/WithDatasets.tsx';
import { usePurposes } from '../requests/usePurposes.ts';
import { useWords } from '../words/words.ts';

/** Cells of the table of who sees which field and how: before and after. A loosened one is marked by a sign and by colour. */
export function CellTable(props: {
  readonly label: string;
  readonly cells: readonly Schemas['PolicyCell'][];
  readonly loosened?: boolean;
}): ReactNode {
  const { label, cells, loosened = false } = props;
  const { say } = useWords();
  const { name } = useDepartments();
  const purposes = usePurposes();
  return (
    <LabelledTable
      aria-label={label}
      size="small"
      pagination={false}
      rowKey={(one) => JSON.stringify(one)}
      dataSource={[...cells].sort((one, other) => Number(isTerm(one)) - Number(isTerm(other)))}
      columns={[
        { title: say('consumer'), render: (_, one) => name(one.consumer) },
        { title: say('dataset'), render: (_, one) => <DatasetTitles ids={[one.dataset]} /> },
        {
          title: say('samplePurpose'),
          render: (_, one) => <span title={one.purpose}>{purposes.name(one.purpose)}</span>,
        },
        {
          title: say('cell'),
          render: (_, one) => <span className={loosened ? 'loosened' : undefined}>{one.cell}</span>,
        },
        { title: say('from'), render: (_, one) => one.from ?? (isTerm(one) ? '—' : say('withheld')) },
        { title: say('to'), render: (_, one) => one.to ?? (isTerm(one) ? '—' : say('withheld')) },
      ]}
    />
  );
}

/** `(rows)`, `(limits)`: terms of the whole grant; fields are listed first. */
export const isTerm = ({ cell }: Schemas['PolicyCell']): boolean => cell.startsWith('(');
