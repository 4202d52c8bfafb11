/** How a dataset receives its rows; a dataset of events is one type of event. */
export type DatasetMode = 'snapshot' | 'upsert' | 'live' | 'events';
