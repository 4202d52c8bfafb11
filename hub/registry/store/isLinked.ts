/**
 * Whether a dataset has data: rows of it came once, its provider is asked each time, or a topic has it. A batch without a row, such as one by which an empty
 * dataset went over to another version, is no data.
 * @param dataset what the dataset is called in the statement
 */
export const hasData = (dataset: string): string =>
  `(${dataset}.mode = 'live' OR EXISTS (SELECT 1 FROM topic_type WHERE type = ${dataset}.id) OR ${dataset}.current_batch IS NOT NULL AND EXISTS (SELECT 1 FROM batch AS filled
     WHERE filled.dataset = ${dataset}.id AND filled.published_at IS NOT NULL AND filled.rows_ok > 0))`;

/** A published dataset of an entry has data. @param entry what the entry is called in the statement */
export const isLinked = (entry: string): string =>
  `EXISTS (SELECT 1 FROM dataset AS linked WHERE linked.id = ANY (${entry}.datasets) AND linked.state = 'published'
     AND ${hasData('linked')})`;
