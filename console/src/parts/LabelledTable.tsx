import { Table, type TableProps } from 'antd';
import type { ReactNode } from 'react';
import { labelled } from './labelled.ts';

/** A table each of whose cells carries the title of its column: on a phone, where rows are cards, it is shown before the value. */
export const LabelledTable = <T extends object>(props: TableProps<T>): ReactNode => (
  <Table<T> {...props} columns={labelled(props.columns ?? [])} />
);
