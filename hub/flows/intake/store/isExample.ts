/** Which published batches say nothing of what is usual: conditions on a row of `batch`. */

/** The snapshot before it is seen again: that one was opened earlier, and published, once more, later. @param batch the row's alias */
export const isTakenBack = (batch: string): string =>
  `EXISTS (SELECT FROM batch AS again JOIN dataset AS of ON of.id = again.dataset AND of.mode = 'snapshot'
     WHERE again.dataset = ${batch}.dataset AND again.published_at > ${batch}.published_at AND again.opened_at < ${batch}.opened_at)`;

/**
 * Another one took its place: its rows mended, or its bytes read by another mapping. Mended rows of a merged batch are no whole beside the good
 * ones, which stay where they are: there the mended rows are no example, and the batch they belong to remains one. @param batch the row's alias
 */
export const isReplaced = (batch: string): string =>
  `EXISTS (SELECT FROM batch AS other JOIN dataset AS of ON of.id = other.dataset
     WHERE other.dataset = ${batch}.dataset AND other.published_at IS NOT NULL AND (${batch}.id = other.retranslates
       OR CASE of.mode WHEN 'snapshot' THEN ${batch}.id = other.corrects ELSE other.id = ${batch}.corrects END))`;
