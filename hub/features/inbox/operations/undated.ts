import type { components } from '../../../../api/openapi.ts';

type Waiting = components['schemas']['Waiting'];
type Section = Exclude<keyof Waiting, 'counts' | 'overdue' | 'others' | 'agreements' | 'nextCursor'>;

/** An item as its section returns it; `inboxOf` adds the due day. @typeParam Own the due-day fields that the section sets itself */
export type Undated<
  Name extends Section,
  Own extends 'due' | 'provisional' | 'overdue' | 'none' = 'none',
> = Omit<Waiting[Name][number], Exclude<'due' | 'provisional' | 'overdue', Own>>;
