/** A published dataset of an entry answers: rows of it are held, or its provider is asked. @param entry what the entry is called in the statement */
export const isLinked = (entry: string): string =>
  `EXISTS (SELECT 1 FROM dataset AS linked WHERE linked.id = ANY (${entry}.datasets) AND linked.state = 'published'
     AND (linked.mode = 'live' OR linked.current_batch IS NOT NULL))`;
