import type { TableColumnsType } from 'antd';
import type { ComponentProps } from 'react';
import type { Choice } from '../parts/Choice.tsx';
import type { DayChoice } from '../parts/DayChoice.tsx';
import { Link } from '../parts/Link.tsx';
import { OperationText } from '../parts/OperationText.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf, useRoute } from '../route.ts';
import { useWords } from '../words/words.ts';

interface Activity {
  readonly person: string;
  readonly personName?: string;
  readonly department?: string;
  readonly operation: string;
}

/** What lists of the activity of staff share. @param page on which the link of a person narrows the list to that person */
export function useStaffActivity<T extends Activity>(
  page: 'reads' | 'views',
): {
  /** to which the list is narrowed; empty: all persons */
  readonly person: string;
  readonly filters: readonly ComponentProps<typeof Choice>[];
  readonly days: readonly ComponentProps<typeof DayChoice>[];
  /** person, department and operation */
  readonly columns: TableColumnsType<T>;
} {
  const { say } = useWords();
  const { name } = useDepartments();
  const { filter } = useRoute();
  const { person = '' } = filter;
  return {
    person,
    filters:
      person === ''
        ? []
        : [
            {
              name: 'person',
              label: say('person'),
              all: say('readsAll'),
              options: [{ value: person, text: person }],
            },
          ],
    days: [
      { name: 'from', label: say('askFrom') },
      { name: 'until', label: say('askUntil') },
    ],
    columns: [
      {
        title: say('person'),
        render: (_, one) => (
          <Link to={addressOf(page, [], { ...filter, person: one.person, cursor: '' })}>
            {one.personName ?? one.person}
          </Link>
        ),
      },
      {
        title: say('department'),
        render: (_, one) => (one.department === undefined ? '—' : name(one.department)),
      },
      { title: say('operation'), render: (_, one) => <OperationText of={one.operation} /> },
    ],
  };
}
