import { Alert } from 'antd';
import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { addressOf } from '../route.ts';
import { useWords } from '../words/words.ts';

/** The result of an act that a second person has to agree to. */
export function Proposed(props: {
  readonly of: Schemas['Registration'] | undefined;
  readonly error: unknown;
  /** how it is proposed by command line */
  readonly cli: string;
}): ReactNode {
  const { of, error, cli } = props;
  const { say } = useWords();
  if (of === undefined) return <Refusal error={error} cli={cli} />;
  return (
    <Alert
      role="status"
      type="info"
      showIcon
      title={
        of.proposal === undefined ? (
          say(of.changed ? 'pdRegistered' : 'pdUnchanged')
        ) : (
          <>
            {say('pdWaits')} <Link to={addressOf('proposals', [of.proposal])}>{say('catOpenProposal')}</Link>
          </>
        )
      }
    />
  );
}
