import type { TableColumnsType } from 'antd';

/** Each cell carries the title of its column, which a narrow screen shows before it. */
export function labelled<T extends object>(columns: TableColumnsType<T>): TableColumnsType<T> {
  return columns.map((column) => {
    const { title } = column;
    return typeof title === 'string'
      ? { ...column, onCell: () => ({ 'data-label': title }) as object }
      : column;
  });
}
