import type { TableColumnsType } from 'antd';
import { defined } from '../../../terms/defined.ts';
import type { ComponentProps, ReactNode } from 'react';
import { useAnswer } from '../api/useAnswer.ts';
import { useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { Choice } from './Choice.tsx';
import { DayChoice } from './DayChoice.tsx';
import { List, placeIn, type ListedPage, type ListPlace } from './List.tsx';
import { Page } from './Page.tsx';
import { SearchBox } from './SearchBox.tsx';

/** Filters and pages of a list in the address, by name: every one counts, whether it can be chosen here or not. */
type Narrowed = Readonly<Record<string, string>>;

/**
 * A page that is a list. The hub filters and pages it; the address contains filters and position, so that a link shows what its sender saw.
 */
export function ListPage<A extends ListedPage, T extends object>(props: {
  readonly title: string;
  readonly lead: string;
  readonly cli: string;
  readonly actions?: ReactNode;
  readonly search?: ComponentProps<typeof SearchBox>;
  /** above the filters, in place of a search within the list */
  readonly head?: ReactNode;
  readonly filters: readonly ComponentProps<typeof Choice>[];
  /** filters that are days */
  readonly days?: readonly ComponentProps<typeof DayChoice>[];
  /** @param narrowed has `q` of the search, and each filter by its name @param place for the query: position, order and count */
  readonly ask: (narrowed: Narrowed, place: ListPlace) => Promise<A>;
  /** the hub's order where the address has none */
  readonly usualSort?: string;
  readonly rowsOf: (answer: A) => readonly T[];
  readonly keyOf: (row: T) => string;
  readonly empty: string;
  readonly columns: TableColumnsType<T>;
  /** shown above the list: facts of the answer in addition to rows */
  readonly note?: (answer: A | undefined) => ReactNode;
  /** below the list */
  readonly children?: ReactNode;
}): ReactNode {
  const { title, lead, cli, actions, search, head, filters, days = [], ask, rowsOf } = props;
  const { keyOf, empty, columns, note, children, usualSort } = props;
  const { turn } = useSession();
  const { filter } = useRoute();
  const answer = useAnswer(`${JSON.stringify(filter)} ${turn}`, () => ask(filter, placeIn(filter)));
  return (
    <Page title={title} lead={lead} error={answer.error} cli={cli} actions={actions}>
      {head ?? (search === undefined ? null : <SearchBox {...search} />)}
      {filters.length + days.length === 0 ? null : (
        <div className="filters">
          {filters.map((one) => (
            <Choice key={one.name} {...one} />
          ))}
          {days.map((one) => (
            <DayChoice key={one.name} {...one} />
          ))}
        </div>
      )}
      {note?.(answer.value)}
      <List<T>
        label={title}
        rows={answer.value === undefined ? undefined : rowsOf(answer.value)}
        keyOf={keyOf}
        answer={answer}
        empty={empty}
        page={answer.value}
        {...defined({ usualSort })}
        columns={columns}
      />
      {children}
    </Page>
  );
}
