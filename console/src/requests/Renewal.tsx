import { useEffect, type ReactNode } from 'react';
import { get } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Refusal } from '../parts/Refusal.tsx';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { typedFrom, type Asking } from './agreementOf.ts';
import { wantedIn } from './wanted.ts';

/** Fills the form with the last version of an agreement, for its next term; once only, so that later changes remain. */
export function Renewal(props: {
  readonly agreement: string;
  readonly dataset: string;
  readonly value: Asking;
  readonly set: (change: Partial<Asking>) => void;
}): ReactNode {
  const { agreement, dataset, value, set } = props;
  const { say } = useWords();
  const { turn } = useSession();
  const { value: found, error } = useAnswer(`renewal ${agreement} ${turn}`, () =>
    get('/v1/policy/documents/{document}/renewal', { at: { document: agreement } }),
  );
  const filled = value.begun !== undefined;
  useEffect(() => {
    if (filled || found?.document === undefined) return;
    const begun = wantedIn(found.document);
    const { consumer } = begun;
    set({ ...typedFrom('', begun, dataset), ...(typeof consumer === 'string' ? { consumer } : {}) });
  }, [filled, found, dataset, set]);
  return (
    <>
      <Refusal error={error} cli={`npx datong request renew ${agreement}`} />
      {filled ? (
        <p className="muted">{say('rqRenewed', { agreement: `${agreement}@${found?.of ?? ''}` })}</p>
      ) : null}
    </>
  );
}
