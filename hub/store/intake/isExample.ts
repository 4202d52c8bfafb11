/** Which published batches say nothing of what is usual: conditions on a row of `batch`. */

/** The snapshot before it is seen again: that one was opened earlier, and published, once more, later. @param batch the row's alias */
export const isTakenBack = (batch: string): string =>
  `EXISTS (SELECT FROM batch AS again JOIN dataset AS of ON of.id = again.dataset AND of.mode = 'snapshot'
     WHERE again.dataset = ${batch}.dataset AND again.published_at > ${batch}.published_at AND again.opened_at < ${batch}.opened_at)`;

/** Another one took its place: its rows mended, or its bytes read by another mapping. @param batch the row's alias */
export const isReplaced = (batch: string): string =>
  `EXISTS (SELECT FROM batch AS instead WHERE instead.dataset = ${batch}.dataset AND instead.published_at IS NOT NULL
     AND ${batch}.id IN (instead.corrects, instead.retranslates))`;
