import type { Schemas } from '../../api/call.ts';

/** A draft as the hub returns it, and a person's answers. */
export type Drafted = NonNullable<Schemas['DatasetTried']['draft']>;
export type Answers = Schemas['DatasetAnswers'];
