import type { ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { get } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Link } from '../parts/Link.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { addressOf } from '../route.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { BoardItems } from './BoardItems.tsx';

/** The items that are overdue, and the way to all that wait. */
export function OverdueCard(): ReactNode {
  const { say } = useWords();
  const { turn } = useSession();
  const answer = useAnswer(`board items ${turn}`, () => get('/v1/board/waiting/items'));
  return (
    <section className="card">
      <h2>{say('boardOverdue')}</h2>
      <Refusal error={answer.error} cli={asCall('GET /v1/board/waiting/items')} />
      <BoardItems answer={answer} overdueOnly />
      <p>
        <Link to={addressOf('board', ['waiting'])}>{say('boardAllWaiting')}</Link>
      </p>
    </section>
  );
}
