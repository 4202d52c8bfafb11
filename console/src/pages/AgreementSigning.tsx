import { Alert, Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { post, type Schemas } from '../api/call.ts';
import type { Act } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { hasPasskeys, signWithPasskey } from '../signIn/passkey.ts';
import { useWords } from '../words/words.ts';

type View = Schemas['PolicyDocumentView'];
type Side = NonNullable<View['signable']>[number];

/**
 * Where a mandate permits it, the person signs for their department by passkey. Where no other signature is missing and the provider
 * decides, the same click approves.
 */
export function AgreementSigning(props: {
  readonly view: View;
  readonly doing: Act;
  readonly again: () => void;
}): ReactNode {
  const { view, doing, again } = props;
  const { say } = useWords();
  const { name } = useDepartments();
  const [done, setDone] = useState('');
  const missing = view.missing ?? [];
  const sides = (view.signable ?? []).filter(({ department }) => missing.includes(department));
  if (done !== '') return <Alert role="status" type="success" showIcon title={done} />;
  if (view.state !== 'submitted' || sides.length === 0) return null;
  const approves = ({ role, department }: Side): boolean =>
    role !== 'consumer' && missing.every((one) => one === department);
  const sign = (side: Side): void =>
    doing.act(
      async () => {
        const left = await signWithPasskey(view, side.role);
        if (left.length > 0 || !approves(side)) return false;
        const at = { document: view.id, version: String(view.version) };
        const seen = { digest: view.digest, effect: view.effect.digest };
        try {
          await post('/v1/policy/documents/{document}/versions/{version}/approval', seen, { at });
        } catch (error) {
          again(); // the signature is stored although the approval is refused
          throw error;
        }
        return true;
      },
      (approved) => {
        setDone(say(approved ? 'approved' : 'signedByPasskey'));
        again();
      },
    );
  return (
    <section className="card no-print">
      <h2>{say('signByPasskey')}</h2>
      <p>{say('signByPasskeyLead')}</p>
      <div className="row-form">
        {sides.map((side) => (
          <Button
            key={side.role}
            type="primary"
            disabled={doing.sending || !hasPasskeys()}
            onClick={() => sign(side)}
          >
            {say(approves(side) ? 'signAndApprove' : 'signFor', { department: name(side.department) })}
          </Button>
        ))}
      </div>
      {hasPasskeys() ? null : <p className="muted">{say('passkeyHint')}</p>}
    </section>
  );
}
