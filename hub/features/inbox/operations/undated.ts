import type { components } from '../../../../api/openapi.ts';

type Waiting = components['schemas']['Waiting'];
type Section = Exclude<keyof Waiting, 'counts' | 'overdue' | 'others' | 'nextCursor'>;

/** A thing as its section says it; `inboxOf` adds the day by which it is to be done. @typeParam Own what of that day the section says itself */
export type Undated<
  Name extends Section,
  Own extends 'due' | 'provisional' | 'overdue' | 'none' = 'none',
> = Omit<Waiting[Name][number], Exclude<'due' | 'provisional' | 'overdue', Own>>;
