import type { Schemas } from '../../api/call.ts';

/** A draft as the hub returns it, texts that its check read as empty, and a person's answers. */
export type Drafted = NonNullable<Schemas['DatasetTried']['draft']>;
export type Emptied = NonNullable<Schemas['DatasetTried']['sample']>['emptied'];
export type Answers = Schemas['DatasetAnswers'];
